import type { FunctionLogLine } from '../../../local/lambda/functionLog.ts';
import type { LocalSystem } from '../../../local/system.ts';
import type { MaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { MemoryWatch, type WatchedProcess } from '../../memory/memoryWatch.ts';
import { megabyte } from '../../memory/processMemory.ts';
import type { EnvironmentMemory } from './observation.ts';

/** What the functions' log says about a flood. */
export interface WatchedLog {
  /** Log lines of a crash, a timeout or an unexpected failure. */
  readonly crashLines: readonly string[];
  /** Events queued without a claim so far. */
  bypassed(): number;
}

/** Reads every line that a function writes from now on. */
export function watchLog(system: LocalSystem): WatchedLog {
  const crashLines: string[] = [];
  let bypassed = 0;
  system.onLog((line) => {
    if (isCrashLine(line)) {
      crashLines.push(line.text);
    }
    bypassed += typeof line.record?.bypassed === 'number' ? line.record.bypassed : 0;
  });
  return {
    crashLines,
    bypassed: () => bypassed,
  };
}

/** The functions write only JSON, on stdout. V8 and Node.js write on stderr. */
function isCrashLine({ stream, record }: FunctionLogLine): boolean {
  return stream === 'stderr' || record === undefined || record.level === 'ERROR';
}

const everyMs = 100;

/** Watches the memory of both functions' environments, also of an environment that lived for one log line only. */
export function watchMemory(system: LocalSystem): MemoryWatch {
  const { receiver, runner } = system;
  const watch = new MemoryWatch(
    [
      { name: 'receiver', pids: () => receiver.pids() },
      { name: 'runner', pids: () => runner.pids() },
    ],
    everyMs,
  );
  system.onLog(({ functionName, pid }) =>
    watch.note(functionName === receiver.functionName ? 'receiver' : 'runner', pid),
  );
  return watch;
}

/**
 * The memory of each environment in the two rounds of the floods.
 *
 * @param watched processes with the peaks of the second round
 * @param firstPeaks the peaks of the first round in bytes, by process id
 */
export function environmentMemory(
  { receiver, runner, stack }: LocalSystem,
  watched: readonly WatchedProcess[],
  firstPeaks: ReadonlyMap<number, number>,
): readonly EnvironmentMemory[] {
  const limitOf = (name: string): number => {
    const pool = name === 'receiver' ? receiver : runner;
    return stack.functions.find((fn) => fn.name === pool.functionName)?.memoryMb ?? Number.NaN;
  };
  return watched.map(({ name, pid, isAlive, peakBytes }) => ({
    functionName: name,
    pid,
    isAlive,
    limitMb: limitOf(name),
    firstPeakMb: (firstPeaks.get(pid) ?? 0) / megabyte,
    secondPeakMb: peakBytes / megabyte,
  }));
}

const marker = /flood-(?:good|bad)-\d+-\d+(?:-sendgrid|-segops)?/;

/** How often Mavera was called for work, by the event's marker. */
export function callsByMarker(mavera: MaveraSimulator): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  for (const { method, requestBody } of mavera.calls()) {
    if (method === 'POST') {
      const found = marker.exec(JSON.stringify(requestBody ?? ''))?.[0] ?? 'no marker at all';
      calls.set(found, (calls.get(found) ?? 0) + 1);
    }
  }
  return calls;
}
