import { parseRunMessage } from '../../../../../functions/queue/runMessage.ts';
import {
  type SortedEvents,
  type SortingRules,
  sortEvents,
} from '../../../../../functions/receive/sortEvents.ts';
import { parseSegOpsCredentials } from '../../../../../functions/sources/segops/credentials.ts';
import { createSource as createSegOps } from '../../../../../functions/sources/segops/source.ts';
import { parseSendGridCredentials } from '../../../../../functions/sources/sendgrid/credentials.ts';
import { createSource as createSendGrid } from '../../../../../functions/sources/sendgrid/source.ts';
import type {
  Authentication,
  ReadEvent,
  Refusal,
  SourceRequest,
} from '../../../../../functions/sources/source.ts';
import { askMave } from '../../../../../functions/triggers/actions.ts';
import { compileTriggers } from '../../../../../functions/triggers/matchTriggers.ts';
import { mustNotTell, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold, type OpenTarget } from '../../fuzzTarget.ts';
import {
  bodyOf,
  makeKeys,
  type SendGridKeys,
  signedPost,
  timestampOf,
  webhookSecrets,
} from './signedPost.ts';
import { type SourceInput, sourceInputSchema, sourceInputs } from './sourceInput.ts';

const nowMs = 1_800_000_000_000;
const run = askMave(() => ({ message: 'a' }));

/** A source with its credentials. */
interface Door {
  readonly authenticate: (request: SourceRequest, nowMs: number) => Authentication;
  readonly isSigned: (request: SourceRequest) => boolean;
  readonly rules: SortingRules;
}

/** The sources that are tried, by their names. */
export type SourceDoors = Readonly<Record<SourceInput['source'], Door>>;

/** What SendGrid and SegOps may post, and what others may post in their name. */
export const sources: FuzzTarget<SourceInput> = {
  name: 'sources',
  share: 10,
  schema: sourceInputSchema,
  inputs: sourceInputs,
  open: async () => openSources(openDoors),
};

/** @param open the doors, or faulty ones that the target must find */
export function openSources(open: (keys: SendGridKeys) => SourceDoors): OpenTarget<SourceInput> {
  const keys = makeKeys();
  const doors = open(keys);
  return {
    check: (input) => check(input, keys, doors[input.source]),
    close: async () => undefined,
  };
}

/** Both sources with their credentials. */
export function openDoors({ publicKey }: SendGridKeys): SourceDoors {
  const sendgrid = createSendGrid({ userIdArgument: 'user_id' });
  const sendgridCredentials = parseSendGridCredentials({ publicKey, addressKey: secretCanary });
  const segops = createSegOps();
  const segopsCredentials = parseSegOpsCredentials({ webhookSecret: webhookSecrets });
  return {
    sendgrid: {
      authenticate: (request, atMs) => sendgrid.authenticate(request, sendgridCredentials, atMs),
      isSigned: (request) => sendgrid.isSigned(request, sendgridCredentials),
      rules: rulesOf('sendgrid', (element) => sendgrid.toEvent(element, sendgridCredentials)),
    },
    segops: {
      authenticate: (request, atMs) => segops.authenticate(request, segopsCredentials, atMs),
      isSigned: (request) => segops.isSigned(request, segopsCredentials),
      rules: rulesOf('segops', (element) => segops.toEvent(element, segopsCredentials)),
    },
  };
}

function rulesOf(source: SourceInput['source'], toEvent: (element: unknown) => ReadEvent): SortingRules {
  const triggers = [
    { name: 'any', source, when: 'type = "track"', run },
    { name: 'some', source, when: 'event = "Email Link Clicked" or properties.segment_id = 42', run },
  ] as const;
  return {
    source,
    route: 'default',
    nowMs,
    runDeadlineMs: 345_600_000,
    toEvent,
    triggers: compileTriggers(triggers, source),
    now: () => nowMs,
    dedupeWindowMs: 604_800_000,
    acceptReplays: true,
  };
}

function check(input: SourceInput, keys: SendGridKeys, door: Door): string {
  const request = signedPost(input, keys, nowMs);
  const authentication = door.authenticate(request, nowMs);
  const isSigned = hasRightSignature(input);
  mustHold(door.isSigned(request) === isSigned, `isSigned says ${!isSigned}`);
  mustHold(!('polluted' in {}), 'the prototype of all objects has a member of the body');
  if (!authentication.ok) {
    judgeRefusal(authentication.refusal, input, isSigned);
    return String(authentication.refusal.status);
  }
  mustHold(isSigned && isInTime(input), 'it accepted what was not signed, or not in time');
  const { elements } = authentication;
  const sorted = sortEvents(elements, door.rules);
  judgeEvents(sorted, elements, input.source);
  judgeRepeated(sorted, elements, door.rules);
  return sorted.invalid.length === elements.length ? 'no events' : 'accepted';
}

/** Known from how the request was made, not from how the source checks it. */
function hasRightSignature(input: SourceInput): boolean {
  const isRight = ['right', 'by the second key', 'right, the other form'].includes(input.signature);
  const hasTime = input.source === 'segops' || /^[0-9]{1,12}$/.test(timestampOf(input, nowMs));
  // SegOps writes `sha256=` in small letters.
  return isRight && hasTime;
}

function isInTime({ source, signedBeforeSeconds: before }: SourceInput): boolean {
  const seconds = typeof before === 'string' ? nowMs / 1000 - Number(before) : before;
  return source === 'segops' || (seconds >= -300 && seconds <= 90_000);
}

function judgeRefusal(
  { status, detail, signature, mayBeRotated }: Refusal,
  input: SourceInput,
  isSigned: boolean,
): void {
  const isGenuine = isSigned && isInTime(input) && bodyOf(input) !== '';
  mustHold(status === 400 || !isGenuine, `it refused what is signed: ${detail}`);
  mustHold(
    status === 401 || isGenuine || bodyOf(input) === '',
    `it answered ${status} to what is not signed: ${detail}`,
  );
  mustHold(
    status === 401 || signature === (isGenuine ? 'right' : 'missing'),
    `the signature is ${signature}`,
  );
  mustHold(!mayBeRotated || !isSigned, 'it would try other secrets for what is signed');
  mustHold(!isGenuine || !hasEvents(bodyOf(input)), `it refused a body with events: ${detail}`);
  mustHold(detail.length > 10 && detail.length < 300, 'the refusal is not a sentence');
  mustNotTell('the refusal', detail);
}

function hasEvents(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isObject = (element: unknown): boolean =>
      typeof element === 'object' && element !== null && !Array.isArray(element);
    return elements.length <= 10_000 && elements.some(isObject);
  } catch {
    return false;
  }
}

/** Every element is accounted for, and no message has a secret or an address for an id. */
function judgeEvents(
  { wanted, ...sorted }: SortedEvents,
  elements: readonly unknown[],
  source: string,
): void {
  const { repeated, ignored, stale, sampledOut, invalid } = sorted;
  const count = wanted.length + repeated.length + ignored + stale + sampledOut + invalid.length;
  mustHold(count === elements.length, `${elements.length} elements became ${count} events`);
  for (const { problem } of invalid) {
    mustNotTell('a problem', problem);
  }
  for (const { body } of wanted.flatMap(({ messages }) => messages)) {
    const message = parseRunMessage(body);
    const {
      type,
      userId,
      anonymousId = '',
    } = message.event as { type: string; userId?: string; anonymousId?: string };
    mustHold(message.source === source && type === 'track', `a message is of ${message.source}, ${type}`);
    mustHold(/^(email-[0-9a-f]{40})?$/.test(anonymousId), `an anonymous id is ${anonymousId}`);
    mustHold(userId !== '' && (userId === undefined || anonymousId === ''), 'a message has two persons');
    mustHold(source === 'sendgrid' || anonymousId === '', 'an event of SegOps has a person');
    mustHold(!body.includes(secretCanary), 'a message carries a secret');
  }
}

/** What comes again, in the same post or with the other signature, is the same event. */
function judgeRepeated(sorted: SortedEvents, elements: readonly unknown[], rules: SortingRules): void {
  const keysOf = ({ wanted }: SortedEvents): string => wanted.map(({ claimKey }) => claimKey).join();
  const twice = sortEvents([...elements, ...elements.map(reversed)], rules);
  mustHold(keysOf(twice) === keysOf(sorted), 'what comes again is another event');
}

/** The same event, serialized with its members in the opposite order. */
function reversed(element: unknown): unknown {
  return typeof element === 'object' && element !== null && !Array.isArray(element)
    ? Object.fromEntries(Object.entries(element).reverse())
    : element;
}
