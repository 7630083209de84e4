import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { isCount, type MetricName, type MetricValues, metricUnits } from './metrics.ts';

/** The fields of a log line besides level, time and message. They hold no secret and no personal data. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Values to emit as metrics, with the dimension `service`. */
export interface LineMetrics {
  readonly values: MetricValues;
  /** Some of them also by a field of the same line, or by several fields, each for itself. */
  readonly also?: MetricsByField | readonly MetricsByField[];
}

/** Metrics that are also emitted by a field of their line. */
export interface MetricsByField {
  readonly by: string;
  readonly names: readonly MetricName[];
}

/** Where the lines go, and which service writes them. */
export interface LogOptions {
  readonly service: string;
  readonly namespace: string;
  readonly now: () => number;
  readonly write: (line: string) => void;
}

/**
 * The functions' log: one JSON object a line, written straight to stdout. A line may carry metrics in CloudWatch's
 * embedded metric format, so a request or a run costs one line instead of two.
 * Source: "Specification: Embedded metric format" of the Amazon CloudWatch user guide.
 */
export class Log {
  readonly #options: LogOptions;
  #requestId: string | undefined;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** All lines from now on belong to this invocation. */
  begin(requestId: string): void {
    this.#requestId = requestId;
  }

  /** Writes a line; CloudWatch counts its `metrics`. */
  info(message: string, fields: LogFields, metrics?: LineMetrics): void {
    this.#write('INFO', message, fields, metrics);
  }

  /** Writes a line about a failure that the caller has handled. */
  warn(message: string, error: unknown): void {
    this.#write('WARN', message, { error: describeError(error) });
  }

  /** Writes a line about an unexpected failure. */
  error(message: string, error: unknown, fields: LogFields = {}, metrics?: LineMetrics): void {
    this.#write('ERROR', message, { ...fields, error: describeError(error) }, metrics);
  }

  #write(level: string, message: string, fields: LogFields, metrics?: LineMetrics): void {
    const { service, now, write } = this.#options;
    const nowMs = now();
    const requestId = this.#requestId;
    const line = { level, time: new Date(nowMs).toISOString(), message, service, requestId, ...fields };
    write(`${JSON.stringify(metrics === undefined ? line : { ...line, ...this.#embed(metrics, nowMs) })}\n`);
  }

  #embed({ values, also = [] }: LineMetrics, nowMs: number): Record<string, unknown> {
    const entries = (Object.entries(values) as [MetricName, number | undefined][]).filter(
      ([name, value]) => value !== undefined && (value !== 0 || !isCount(name)),
    );
    if (entries.length === 0) {
      return {};
    }
    const names = entries.map(([name]) => name);
    const directives = [this.#directive(['service'], names)];
    for (const byField of [also].flat()) {
      const alsoNames = names.filter((name) => byField.names.includes(name));
      if (alsoNames.length > 0) {
        directives.push(this.#directive(['service', byField.by], alsoNames));
      }
    }
    return { ...Object.fromEntries(entries), _aws: { Timestamp: nowMs, CloudWatchMetrics: directives } };
  }

  #directive(dimensions: readonly string[], names: readonly MetricName[]): Record<string, unknown> {
    return {
      Namespace: this.#options.namespace,
      Dimensions: [dimensions],
      Metrics: names.map((name) => ({ Name: name, Unit: metricUnits[name] })),
    };
  }
}

/** What `JSON.parse` quotes of a string that it cannot read, which may hold a secret or an event. */
const quotedText = /(?:, )?(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON/s;

function messageOf(error: Error): string {
  if (isSchemaError(error)) {
    return describeSchemaError(error);
  }
  return error instanceof SyntaxError
    ? error.message.replace(quotedText, ' in invalid JSON').trimStart()
    : error.message;
}

/**
 * An error's name, message and place, without other members, which may hold parts of a request.
 *
 * @param causes how many of the errors that caused it are described too
 */
export function describeError(error: unknown, causes = 3): LogFields {
  if (!(error instanceof Error)) {
    return { name: typeof error };
  }
  const { name, cause, stack = '' } = error;
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return {
    name,
    message: messageOf(error),
    httpStatusCode: $metadata?.httpStatusCode,
    at: stack
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 5)
      .map((line) => line.trim()),
    cause: cause === undefined || causes === 0 ? undefined : describeError(cause, causes - 1),
  };
}
