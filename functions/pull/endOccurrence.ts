import type { PullCursor, PullEnd } from '../ledger/pullCursor.ts';
import type { PullLease } from '../ledger/pullCursors.ts';
import { pullOf } from '../pulls/pullOf.ts';
import type { PullDependencies } from './pullDependencies.ts';
import { pullEndMessage } from './pullEnds.ts';
import type { PullMessage } from './pullMessage.ts';

/** Ends an occurrence by the delivery that works on it, and tells so. */
export async function endOccurrence(
  lease: PullLease,
  cursor: PullCursor,
  pullEnd: PullEnd,
  dependencies: PullDependencies,
): Promise<void> {
  const { cursors, now } = dependencies;
  // If it is refused, the write may have been made although its answer was lost, or an operator was faster.
  await cursors.end(lease, cursor, pullEnd, now());
  await tellEnd(lease.trigger, dependencies);
}

/**
 * Ends an occurrence as failed, whoever works on it, and tells so.
 *
 * @returns whether the occurrence was at work
 */
export async function failOccurrence(
  { trigger, occurrence }: Pick<PullMessage, 'trigger' | 'occurrence'>,
  detail: string,
  dependencies: PullDependencies,
): Promise<boolean> {
  const { cursors, now } = dependencies;
  const cursor = (await cursors.read([trigger])).get(trigger);
  const isAtWork = cursor?.isAtWork === true && cursor.occurrence === occurrence;
  const isEnded = isAtWork && (await cursors.endByForce(cursor, { status: 'failed', detail }, now()));
  await tellEnd(trigger, dependencies);
  return isEnded;
}

/** Ends the occurrence of a pull that has not ended in its time, such as one whose messages are in the dead-letter queue. */
export async function endOverdue(trigger: string, dependencies: PullDependencies): Promise<void> {
  const { cursors, now } = dependencies;
  const cursor = (await cursors.read([trigger])).get(trigger);
  if (cursor?.isAtWork === true && cursor.endsAtMs <= now()) {
    await cursors.endByForce(cursor, { status: 'failed', detail: endedLate(cursor) }, now());
  }
  await tellEnd(trigger, dependencies);
}

/** Why an occurrence fails that has not ended in its time. */
export function endedLate({ startedAtMs, endsAtMs, waitsFor }: PullCursor): string {
  const hours = Math.round((endsAtMs - startedAtMs) / 3_600_000);
  const why = waitsFor === undefined ? '' : `. It waited: ${waitsFor}`;
  return `It has not ended within ${hours} hours${why}`;
}

/**
 * Tells the log and the results topic how the last occurrence of a pull has ended, if nobody has told it. The end is in the
 * ledger before it is told, and that it was told is noted after it: after a crash between the two, the message that comes again
 * tells it, or the next start of the pull. So an end is told at least once, also one by an operator's command.
 */
export async function tellEnd(trigger: string, dependencies: PullDependencies): Promise<void> {
  const { cursors, ends, report, triggers } = dependencies;
  const cursor = (await cursors.read([trigger])).get(trigger);
  const { last, toldOccurrence } = cursor ?? {};
  if (last === undefined || last.occurrence === toldOccurrence) {
    return;
  }
  const known = triggers.get(trigger);
  const kind = (known === undefined ? undefined : pullOf(known)?.pull.kind) ?? 'pull';
  // First the log, whose metrics set off an alarm: it needs no other service.
  report({ what: 'ended', trigger, kind, ...last });
  await ends.publish(pullEndMessage(trigger, last));
  await cursors.noteTold(trigger, last.occurrence);
}
