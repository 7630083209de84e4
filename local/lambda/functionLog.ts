/** One line that a function wrote. */
export interface FunctionLogLine {
  readonly functionName: string;
  /** The id in the template, such as `ReceiverC61A5DC1`. */
  readonly logicalId: string;
  /** The process that wrote it. */
  readonly pid: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** The line parsed, when it is a JSON object. */
  readonly record?: Readonly<Record<string, unknown>>;
}

/** Called with each line. */
export type FunctionLogListener = (line: FunctionLogLine) => void;

/** The JSON object in a line, or `undefined`. */
export function parseLogRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
