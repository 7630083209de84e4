import { shortenedJson } from '../ledger/shortened.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { isPlainObject, reportIdPrefix } from '../sources/segment/event.ts';
import type { ToSegment, ToSegOps, Trigger } from '../triggers/trigger.ts';

/** Segment takes 32 KB per event, and SegOps documents no limit; the rest is for the members around the content. */
const maxContentBytes = 28_000;

/** A run that is done. */
export interface DoneRun {
  readonly message: RunMessage;
  readonly trigger: Trigger;
  readonly creditsUsed: number | undefined;
  /** JSON of an object. */
  readonly result: string;
  readonly finishedAtMs: number;
}

/** Identifies the report of one end of a run: repeats have the same id, and a redriven run has another one. */
export function reportId({ runId, redrive }: RunMessage): string {
  return [reportIdPrefix, runId, redrive ?? ''].join('');
}

/** The result of a run, as its action documents it. */
export function resultOf({ result }: DoneRun): Readonly<Record<string, unknown>> {
  return JSON.parse(result) as Readonly<Record<string, unknown>>;
}

/**
 * The traits that a trigger reports of a run; `undefined` for none.
 *
 * @throws what the trigger's `identify` function throws, and TypeError when it returns no traits
 */
export function traitsOf(
  { identify }: ToSegment | ToSegOps,
  run: DoneRun,
): Readonly<Record<string, unknown>> | undefined {
  const { message, trigger } = run;
  const traits: unknown = identify?.({
    // A copy: the function must not change what is queued for the next attempt.
    event: structuredClone(message.event),
    trigger: trigger.name,
    result: resultOf(run),
  });
  if (traits === undefined) {
    return undefined;
  }
  if (!isPlainObject(traits) || traits instanceof Promise) {
    throw new TypeError('it has to return an object of traits, or undefined');
  }
  return cutContent(traits);
}

/** Content with its longest strings cut, so that its event is small enough. */
export function cutContent(content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(shortenedJson(content, maxContentBytes)) as Readonly<Record<string, unknown>>;
}
