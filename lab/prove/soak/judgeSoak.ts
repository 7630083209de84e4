import { type MemoryTrend, memoryTrend } from '../../memory/memoryTrend.ts';
import { megabyte } from '../../memory/processMemory.ts';
import { workOf } from './soakRequests.ts';

/** What was found at the end. */
export interface SoakTraces {
  /** Ids of the events that the receiver has answered 200 for. */
  readonly accepted: ReadonlySet<string>;
  /** Requests that the sender tries no more. */
  readonly undelivered: number;
  /** How often Mavera did the work, by the event's id. */
  readonly timesDone: ReadonlyMap<string, number>;
  /** What the system still waits for; `undefined` if nothing will change any more. */
  readonly waitsFor: string | undefined;
  /** What is wrong with the ledger and the queues. */
  readonly problems: readonly string[];
  readonly memory: readonly { readonly name: string; readonly samplesBytes: readonly number[] }[];
}

/** What follows from it. */
export interface SoakVerdict {
  readonly lost: readonly string[];
  /** Not done yet, but they may still be. */
  readonly unfinished: readonly string[];
  readonly twice: readonly string[];
  readonly trends: readonly ({ readonly name: string } & MemoryTrend)[];
  readonly failures: readonly string[];
}

/**
 * How much larger a process may be at its end than soon after its start: garbage that is not collected yet, of ten runs that
 * are admitted at once. A leak with each event would be many times that after tens of thousands of events.
 */
const mayGrowBytes = 48 * megabyte;

export function judgeSoak(traces: SoakTraces): SoakVerdict {
  const { accepted, undelivered, timesDone, waitsFor, problems, memory } = traces;
  const wanted = new Set([...accepted].flatMap(workOf));
  const missing = [...wanted].filter((id) => !timesDone.has(id));
  const [lost, unfinished] = waitsFor === undefined ? [missing, []] : [[], missing];
  const twice = [...timesDone].filter(([, times]) => times > 1).map(([id]) => id);
  const unasked = [...timesDone.keys()].filter((id) => !wanted.has(id));
  const trends = memory.flatMap(({ name, samplesBytes }) => {
    const trend = memoryTrend(samplesBytes);
    return trend === undefined ? [] : [{ name, ...trend }];
  });
  const growing = trends
    .map(({ name, tenthsBytes: [, early = 0, ...later] }) => ({ name, early, late: later.at(-1) ?? 0 }))
    .filter(({ early, late }) => late > early + mayGrowBytes);
  return {
    lost,
    unfinished,
    twice,
    trends,
    failures: [
      ...some(lost, (ids) => `lost: ${ids}`),
      ...some(unfinished, (ids) => `not finished: ${ids}`),
      ...(waitsFor === undefined ? [] : [`not finished, waiting for ${waitsFor}`]),
      ...some(twice, (ids) => `done twice: ${ids}`),
      ...some(unasked, (ids) => `done without being asked: ${ids}`),
      ...(wanted.size === 0 ? ['no event was wanted: nothing is shown'] : []),
      ...(undelivered === 0 ? [] : [`${undelivered} requests were given up by the sender`]),
      ...problems.slice(0, 10),
      ...growing.map(
        ({ name, early, late }) => `${name} grows from ${megabytes(early)} to ${megabytes(late)} MB`,
      ),
    ],
  };
}

/** Bytes in megabytes, for people. */
export function megabytes(bytes: number): number {
  return Math.round(bytes / megabyte);
}

function some(ids: readonly string[], say: (ids: string) => string): readonly string[] {
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : '';
  return ids.length === 0 ? [] : [say(`${ids.slice(0, 5).join(', ')}${more}`)];
}
