import { pulledMessageId } from '../../../../functions/ledger/keys.ts';
import type { PullCase } from './pullCase.ts';
import type { TriedPull } from './tryPullCase.ts';

/** What all cases have left at the end. */
export interface PullTraces {
  /** How often Mavera has done the work of each run, by the message id of its item. */
  readonly done: ReadonlyMap<string, number>;
  /** How often the end of each occurrence was published, by the occurrence. */
  readonly published: ReadonlyMap<string, number>;
}

/** The exports that a case may start one after the other. */
function mostExports({ special }: PullCase): number {
  return special === 'export lost' || special === 'export failed' ? 2 : 1;
}

/**
 * What is wrong with a case, each in a few words; empty if all is right. The run of each item must be done once, no export be
 * started beside another one, and the occurrence be done, and published.
 */
export function judgePullCase(
  { pullCase, trigger, occurrence, last, exportsStarted }: TriedPull,
  items: readonly string[],
  { done, published }: PullTraces,
): readonly string[] {
  if (last === undefined) {
    return [`${occurrence} is not finished: it came to no end`];
  }
  const runs = items.flatMap((item) => {
    const times = done.get(pulledMessageId(trigger, item, occurrence)) ?? 0;
    if (times === 0) {
      return [`${item} is lost`];
    }
    return times === 1 ? [] : [`${item} was done ${times} times`];
  });
  return [
    ...(last.status === 'done' ? [] : [`it has ${last.status}: ${last.detail}`]),
    ...runs,
    ...(exportsStarted > mostExports(pullCase) ? [`${exportsStarted} exports were started`] : []),
    ...(pullCase.kind === 'contacts' && exportsStarted === 0 ? ['no export was started'] : []),
    ...(published.has(occurrence) ? [] : ['its end was not published']),
  ];
}
