import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { PullCursor } from '../../../functions/ledger/pullCursor.ts';
import { writePullMessage } from '../../../functions/pull/pullMessage.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { localTime } from '../format/localTime.ts';
import { cursorsOf } from '../pulls/readPulls.ts';
import type { DeadLetter } from './deadLetter.ts';

/** A dead letter of a pull. */
export type PullLetter = DeadLetter & { readonly pull: NonNullable<DeadLetter['pull']> };

/** Whether a dead letter is of a pull. */
export function isPullLetter(letter: DeadLetter): letter is PullLetter {
  return letter.pull !== undefined;
}

/** What a redrive of a pull's dead letter would do. */
export type PullLetterPlan = { readonly kind: 'send' } | { readonly kind: 'refuse'; readonly why: string };

/** Where the pulls of dead letters stand, by trigger. */
export async function readPullsOf(
  deployment: Deployment,
  letters: readonly DeadLetter[],
): Promise<ReadonlyMap<string, PullCursor>> {
  const triggers = letters.flatMap(({ pull }) => pull?.trigger ?? []);
  return triggers.length === 0 ? new Map() : await cursorsOf(deployment).read(triggers);
}

/** What the occurrence of a pull's dead letter is now; `undefined` if the ledger no longer says it. */
export function occurrenceState({ pull }: PullLetter, cursor: PullCursor | undefined): string | undefined {
  if (cursor?.occurrence === pull.occurrence && cursor.isAtWork) {
    return 'at work';
  }
  return cursor?.last?.occurrence === pull.occurrence ? cursor.last.status : undefined;
}

/**
 * A start that was never handled may be sent again, and a step whose occurrence is still at work. All others come too late: the
 * next occurrence finds what they would have found.
 */
export function planPullLetter(
  letter: PullLetter,
  cursor: PullCursor | undefined,
  flags: string,
): PullLetterPlan {
  const { kind, trigger } = letter.pull;
  const state = occurrenceState(letter, cursor);
  if (kind === 'step' && state === 'at work') {
    return { kind: 'send' };
  }
  if (kind === 'step' || state !== undefined) {
    const now = state === 'at work' ? 'is at work' : `has ended${state === undefined ? '' : ` (${state})`}`;
    return {
      kind: 'refuse',
      why:
        `Its occurrence ${now}: discard the dead letter. To pull now: ` +
        `npm run ops -- pulls start ${trigger}${flags}`,
    };
  }
  return cursor?.isAtWork === true
    ? {
        kind: 'refuse',
        why:
          `The pull has been at work since ${localTime(cursor.startedAtMs)}, and finds what this start would have found: ` +
          'discard the dead letter.',
      }
    : { kind: 'send' };
}

/** Sends a pull's message back to its queue. */
export async function sendPullLetter({ sqs, pulls }: Deployment, { pull }: PullLetter): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: pulls?.queueUrl,
      MessageBody: writePullMessage(pull),
      MessageGroupId: pull.trigger,
    }),
  );
}
