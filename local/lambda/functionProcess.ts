import type { FunctionLogListener } from './functionLog.ts';

/** What a process needs to be an execution environment of a function. */
export interface FunctionProcess {
  readonly functionName: string;
  readonly logicalId: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Where the bundle lies: the working directory. */
  readonly directory: string;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** The scheduling priority of its processes, from -20, the highest, to 19. @default that of this process */
  readonly priority?: number;
  readonly onLog: FunctionLogListener;
}
