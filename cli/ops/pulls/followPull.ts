import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../deployment/deployment.ts';
import { duration } from '../format/duration.ts';
import type { Output } from '../output.ts';
import { describeCounts, describeEnd, describeWait } from './describePull.ts';
import { cursorsOf, type PullStatus, pullStatus } from './readPulls.ts';

/** A start that no puller has taken for so long is remarked on. */
const untakenMs = 60_000;

/** The occurrence that is followed. */
export interface FollowedOccurrence {
  readonly trigger: string;
  readonly occurrence: string;
}

/** How to follow. */
export interface FollowOptions {
  /** Seconds between two reads. */
  readonly every: number;
  /** Ends following; the occurrence goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** What following has come to. `queued`: no puller has taken the start yet. */
type Progress =
  | { readonly kind: 'queued' }
  | { readonly kind: 'at work'; readonly status: PullStatus }
  | { readonly kind: 'ended'; readonly status: PullStatus }
  /** Another occurrence was at work. */
  | { readonly kind: 'skipped'; readonly status: PullStatus }
  /** Another occurrence has taken its place in the ledger since. */
  | { readonly kind: 'replaced'; readonly status: PullStatus };

/** Shows the progress of an occurrence until it has ended. @returns whether it is done */
export async function followPull(
  deployment: Deployment,
  followed: FollowedOccurrence,
  { every, signal }: FollowOptions,
  output: Output,
): Promise<boolean> {
  const beganMs = Date.now();
  let shown = '';
  let hasBegun = false;
  output.note(
    `Following ${followed.trigger} on the ${deployment.title}; Ctrl-C ends this, and the pull goes on.`,
  );
  while (signal?.aborted !== true) {
    const nowMs = Date.now();
    const progress = await readProgress(deployment, followed, hasBegun, nowMs);
    hasBegun ||= progress.kind === 'at work';
    if (progress.kind === 'ended' || progress.kind === 'skipped' || progress.kind === 'replaced') {
      return tellEnd(progress, output, nowMs);
    }
    const waitedMs = nowMs - beganMs;
    const state = stateOf(progress, waitedMs);
    if (state !== shown) {
      tellProgress(progress, waitedMs, nowMs, output);
    }
    shown = state;
    await sleep(every * 1_000, undefined, { signal }).catch(() => undefined);
  }
  output.note(
    `The pull goes on. To see it: npm run ops -- pulls show ${followed.trigger}${deployment.flags}`,
  );
  return false;
}

async function readProgress(
  deployment: Deployment,
  { trigger, occurrence }: FollowedOccurrence,
  hasBegun: boolean,
  nowMs: number,
): Promise<Progress> {
  const cursors = cursorsOf(deployment);
  const cursor = (await cursors.read([trigger])).get(trigger);
  const status = pullStatus(trigger, deployment.pulls?.schedules.get(trigger), cursor, nowMs);
  if (status.atWork?.occurrence === occurrence) {
    return { kind: 'at work', status };
  }
  if (status.last?.occurrence === occurrence) {
    return { kind: 'ended', status };
  }
  if (hasBegun) {
    return { kind: 'replaced', status };
  }
  return (await cursors.wasSkipped(trigger, occurrence)) ? { kind: 'skipped', status } : { kind: 'queued' };
}

type Underway = Extract<Progress, { readonly kind: 'queued' | 'at work' }>;

/** Changes with what is shown of the pull, and not with the time that passes. */
function stateOf(progress: Underway, waitedMs: number): string {
  return progress.kind === 'queued' ? `queued ${waitedMs > untakenMs}` : JSON.stringify(progress.status);
}

function tellProgress(progress: Underway, waitedMs: number, nowMs: number, output: Output): void {
  const atWork = progress.kind === 'at work' ? progress.status.atWork : undefined;
  if (output.isJson && progress.kind === 'at work') {
    output.lines([progress.status]);
  } else if (atWork !== undefined) {
    output.note(`${describeCounts(atWork.counts)}. ${describeWait(atWork, nowMs)}`);
  } else {
    output.note(
      waitedMs > untakenMs
        ? `No puller has taken it for ${duration(waitedMs)}: see PullQueueStuck in docs/runbook.md.`
        : 'It waits for a free puller.',
    );
  }
}

function tellEnd(
  { kind, status }: Exclude<Progress, { readonly kind: 'queued' | 'at work' }>,
  output: Output,
  nowMs: number,
): boolean {
  const { last } = status;
  if (output.isJson) {
    output.lines([kind === 'ended' ? status : { ...status, [kind]: true }]);
  } else if (kind === 'ended' && last !== undefined) {
    output.text(`${describeCounts(last.counts)}. ${describeEnd(last, nowMs)}`);
  } else {
    const why =
      kind === 'skipped'
        ? 'It was skipped, because another occurrence was at work.'
        : 'Another occurrence has started since; how this one ended is in the log of the puller.';
    output.text(why);
  }
  return kind === 'ended' && last?.status === 'done';
}
