import type { ApiCall } from '../../simulators/http/callLog.ts';
import type { MaveraRequest, ObservedRun } from './observedRuns.ts';

/** What does not fit between the requests of runs and the calls that have reached Mavera. */
export interface MismatchedWork {
  /** Runs whose request did not reach Mavera exactly once. */
  readonly runs: readonly { readonly run: ObservedRun; readonly reached: number }[];
  /** Calls that no run asked for, such as `POST /personas`. */
  readonly unasked: readonly string[];
}

/**
 * Compares the requests of the runs that are done with the work that Mavera has done. Two runs may send the same request: then
 * it must have arrived twice.
 */
export function mismatchedWork(runs: readonly ObservedRun[], calls: readonly ApiCall[]): MismatchedWork {
  const arrived = new Map<string, number>();
  for (const call of calls.filter(isWork)) {
    const key = keyOf({ method: call.method, path: call.path, body: call.requestBody });
    arrived.set(key, (arrived.get(key) ?? 0) + 1);
  }
  const asking = Map.groupBy(
    runs.filter(({ state, request }) => state === 'done' && request !== undefined),
    ({ request }) => (request === undefined ? '' : keyOf(request)),
  );
  const wrong = [...asking].flatMap(([key, same]) => {
    const reached = arrived.get(key) ?? 0;
    arrived.delete(key);
    return reached === same.length ? [] : same.map((run) => ({ run, reached }));
  });
  return { runs: wrong, unasked: [...arrived.keys()].map((key) => key.split('\n')[0] ?? key) };
}

/** Whether a call has made Mavera do something. */
function isWork({ method, status = 500 }: ApiCall): boolean {
  return method !== 'GET' && status < 300;
}

function keyOf({ method, path, body }: MaveraRequest): string {
  return `${method} ${path}\n${JSON.stringify(sorted(body))}`;
}

/** The same value with the members of objects in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
