import { redriveNonce } from '../../../functions/ledger/runs.ts';
import { cutMark } from '../../../functions/ledger/shortened.ts';
import type { FollowedRun, RunMessage } from '../../../functions/queue/runMessage.ts';
import { parseSegmentEvent, type SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { RunDetails } from '../runs/runDetails.ts';

/** What a redrive of a run would do. */
export type RedrivePlan =
  | { readonly kind: 'send'; readonly message: RunMessage }
  | { readonly kind: 'refuse'; readonly why: string };

/** How runs are redriven. */
export interface RedriveOptions {
  /** Also runs that are done, which spends credits again. */
  readonly again: boolean;
  readonly nowMs: number;
}

/** The message that makes a run again, or why there is none. */
export function planRedrive(run: RunDetails, { again, nowMs }: RedriveOptions): RedrivePlan {
  const why = refusalByState(run, again) ?? refusalByEvent(run) ?? refusalByResult(run);
  if (why !== undefined) {
    return { kind: 'refuse', why };
  }
  const event = eventOf(run);
  const { runId, trigger, source, route, messageId, pulledItem, receivedAtMs, deadlineAtMs } = run;
  const after = followedRun(run);
  if (event === undefined || deadlineAtMs === undefined) {
    return {
      kind: 'refuse',
      why: 'An earlier version wrote its run item, which lacks what a redrive needs.',
    };
  }
  return {
    kind: 'send',
    message: {
      version: after === undefined ? 1 : 2,
      runId,
      trigger,
      source,
      route,
      messageId,
      receivedAtMs,
      deadlineAtMs: nowMs + (deadlineAtMs - receivedAtMs),
      redrive: redriveNonce(run.updatedAtMs),
      ...(after === undefined ? {} : { after }),
      ...(pulledItem === undefined ? {} : { pulledItem }),
      event,
    },
  };
}

/** The run that it follows, with the result that its request is built from. */
function followedRun({ after }: RunDetails): FollowedRun | undefined {
  return after?.result === undefined ? undefined : { ...after, result: after.result };
}

function refusalByResult({ after, runId }: RunDetails): string | undefined {
  return after === undefined || after.result !== undefined
    ? undefined
    : `The ledger no longer has the result of the run that it follows, ${shortRunId(after.runId)}; if its message is a ` +
        `dead letter, it is complete there: \`npm run ops -- dead-letters redrive ${shortRunId(runId)}\`.`;
}

function refusalByState({ state, reason, collectedBy }: RunDetails, again: boolean): string | undefined {
  switch (state) {
    case 'failed':
      return undefined;
    case 'skipped':
      return reason === 'collected'
        ? `Its event was collected with others: redrive the run that was made for all of them${
            collectedBy === undefined ? '' : `, ${shortRunId(collectedBy)}`
          }.`
        : undefined;
    case 'done':
      return again ? undefined : 'It is done: --again makes it again, which spends credits again.';
    default:
      return `It is ${state}: it is under way, or comes back by itself.`;
  }
}

function refusalByEvent(run: RunDetails): string | undefined {
  const { runId, events = [], eventsAreCut, collected } = run;
  const fromDeadLetters =
    `if its message is a dead letter, it is complete there: ` +
    `\`npm run ops -- dead-letters redrive ${shortRunId(runId)}\`.`;
  if (events.length === 0) {
    return `Its event is not in the ledger; ${fromDeadLetters}`;
  }
  // The run of a collection reads the events complete from the collection; its own event only identifies it.
  const own = ownEvent(run);
  const isCut = eventsAreCut && (collected === undefined || JSON.stringify(own ?? '').includes(cutMark));
  return own === undefined || isCut
    ? `Its event was too large to be kept complete; ${fromDeadLetters}`
    : undefined;
}

/** The run's own event; among collected ones it is not always the first. */
function ownEvent({ events = [], messageId }: RunDetails): unknown {
  return events.length === 1 || messageId === undefined
    ? events[0]
    : events.find((event) => event.messageId === messageId);
}

function eventOf(run: RunDetails): SegmentEvent | undefined {
  const parsed = parseSegmentEvent(ownEvent(run));
  return parsed.ok ? parsed.event : undefined;
}
