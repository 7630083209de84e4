import { ConnectError } from '../connectError.ts';
import {
  newSecretText,
  readSegmentSecret,
  type SegmentSecret,
  writeSegmentSecret,
} from '../secret/segmentSecret.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import {
  fingerprintOf,
  finishRotation,
  nextStep,
  noteSwitch,
  type RotatedMember,
  type Rotation,
  readRotation,
  receiversKnowAfterMs,
  startRotation,
} from './rotation.ts';

/** What a rotation needs. */
export interface RotateOptions {
  readonly what: RotatedMember;
  /** Gives the new value to Segment; `undefined` if the user does it by hand. */
  readonly atSegment: ((newValue: string) => Promise<void>) | undefined;
  /** What at Segment still has another value; absent if Segment is not asked. */
  readonly stillOld?: ((newValue: string) => Promise<readonly string[]>) | undefined;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called with each thing that is done, or waited for. */
  readonly say: (text: string) => void;
}

/** How far a rotation is. */
export type RotationState = 'by hand' | 'switched' | 'nothing to do';

/**
 * Rotates a secret without a refused event: both values become valid, then Segment gets the new one. When it is called
 * again, it continues where it was, and gives the new value to what at Segment still has the old one.
 *
 * @throws ConnectError during another rotation
 */
export async function rotate(target: ConnectTarget, options: RotateOptions): Promise<RotationState> {
  const { what, now, sleep, say, atSegment } = options;
  const begun = await begin(target, options);
  const step = nextStep(begun.rotation, now());
  const isSwitched = step.kind === 'keep' || step.kind === 'finish';
  if (isSwitched && !(await isAnyOld(begun, options))) {
    say(
      step.kind === 'keep'
        ? `Segment uses the new value. The old one is needed until ${at(step.untilMs)}: then run rotate --finish.`
        : 'Segment uses the new value, and the old one is not needed any more: run rotate --finish.',
    );
    return 'nothing to do';
  }
  const waitMs = step.kind === 'switch' ? step.notBeforeMs - now() : 0;
  if (waitMs > 0) {
    say(`waiting ${Math.ceil(waitMs / 1000)} s, until every receiver knows the new value`);
    await sleep(waitMs);
  }
  if (atSegment === undefined) {
    return 'by hand';
  }
  // Read again: somebody may have changed it meanwhile.
  const newValue = newValueOf(begun.rotation, await readSegmentSecret(target));
  await atSegment(newValue);
  const old = (await options.stillOld?.(newValue)) ?? [];
  if (old.length > 0) {
    throw new ConnectError(
      `Segment answered that it is done, but still shows another ${what} for ${old.join(', ')}: run rotate again.`,
    );
  }
  const after = await readSegmentSecret(target);
  newValueOf(begun.rotation, after);
  await writeSegmentSecret(target, after, noteSwitch(begun.rotation, now()));
  say('Segment has the new value');
  return 'switched';
}

interface BegunRotation {
  readonly secret: SegmentSecret;
  readonly rotation: Rotation;
}

async function begin(target: ConnectTarget, { what, now, say }: RotateOptions): Promise<BegunRotation> {
  const found = await readSegmentSecret(target);
  const rotation = readRotation(found.members);
  if (rotation !== undefined) {
    if (rotation.what !== what) {
      throw new ConnectError(
        `A rotation of ${rotation.what} is under way: finish that one first (rotate --finish).`,
      );
    }
    newValueOf(rotation, found);
    return { secret: found, rotation };
  }
  const secret = await writeSegmentSecret(
    target,
    found,
    startRotation(what, newSecretText(), found.credentials, now()),
  );
  say('the new value is valid beside the old one');
  return { secret, rotation: underWay(secret) };
}

/** Records that Segment was given the new value by hand, everywhere. @throws ConnectError without a rotation */
export async function noteSwitched(target: ConnectTarget, nowMs: number): Promise<void> {
  const secret = await readSegmentSecret(target);
  const rotation = underWay(secret);
  newValueOf(rotation, secret);
  const { startedAt } = rotation;
  if (nowMs < Date.parse(startedAt) + receiversKnowAfterMs) {
    throw new ConnectError(
      `Receivers may not know the new value before ${at(Date.parse(startedAt) + receiversKnowAfterMs)}: if Segment already has it, put the old one back there until then.`,
    );
  }
  await writeSegmentSecret(target, secret, noteSwitch(rotation, nowMs));
}

/** Which value is being rotated, if any. @throws ConnectError */
export async function rotatedNow(target: ConnectTarget): Promise<RotatedMember | undefined> {
  return readRotation((await readSegmentSecret(target)).members)?.what;
}

/** Finds what at Segment still has another value; returns names. */
export type FindOld = (what: RotatedMember, newValue: string) => Promise<readonly string[]>;

/**
 * Removes the old value.
 *
 * @param findOld `undefined` if Segment is not asked
 * @throws ConnectError while the old value may still be needed
 */
export async function finish(
  target: ConnectTarget,
  nowMs: number,
  findOld: FindOld | undefined,
): Promise<RotatedMember> {
  const secret = await readSegmentSecret(target);
  const rotation = underWay(secret);
  const step = nextStep(rotation, nowMs);
  if (step.kind === 'keep') {
    throw new ConnectError(
      `For 4 hours Segment may retry what it signed with the old value: finish after ${at(step.untilMs)}.`,
    );
  }
  if (step.kind !== 'finish') {
    throw new ConnectError(
      'Segment has not been given the new value yet: run rotate, or rotate --switched if it was pasted there by hand.',
    );
  }
  const old = (await findOld?.(rotation.what, newValueOf(rotation, secret))) ?? [];
  if (old.length > 0) {
    throw new ConnectError(
      `Segment's destination ${old.join(', ')} still has another ${rotation.what}: its events would be refused for good. Run rotate again, which gives it the new one; the four hours then start again.`,
    );
  }
  await writeSegmentSecret(target, secret, finishRotation(rotation, secret.credentials));
  return rotation.what;
}

async function isAnyOld({ rotation, secret }: BegunRotation, { stillOld }: RotateOptions): Promise<boolean> {
  return ((await stillOld?.(newValueOf(rotation, secret))) ?? []).length > 0;
}

/** The new value. @throws ConnectError if the secret's first value is another one by now */
function newValueOf({ what, fingerprint }: Rotation, { credentials }: SegmentSecret): string {
  const [first = ''] = credentials[what];
  if (fingerprintOf(first) !== fingerprint) {
    throw new ConnectError(
      `The first ${what} in the secret is not the one that is being rotated: somebody has changed it. Put the value that Segment should use first and those that it may still use after it, remove the member "rotation", and start again.`,
    );
  }
  return first;
}

function underWay({ members }: SegmentSecret): Rotation {
  const rotation = readRotation(members);
  if (rotation === undefined) {
    throw new ConnectError('No rotation is under way: start one with rotate.');
  }
  return rotation;
}

function at(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/:\d\d\.\d+Z$/, ' UTC');
}
