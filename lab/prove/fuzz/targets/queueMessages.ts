import * as fc from 'fast-check';
import * as z from 'zod';
import {
  type CancelMessage,
  parseQueueMessage,
  parseRunMessage,
  type RunMessage,
  writeCancelMessage,
  writeRunMessage,
} from '../../../../functions/queue/runMessage.ts';
import { isSchemaError } from '../../../../functions/schema/schemaError.ts';
import { brokenText } from '../arbitraries/brokenText.ts';
import { anyJson, anyObject, anyText } from '../arbitraries/json.ts';
import { type FuzzTarget, mustHold } from '../fuzzTarget.ts';

const aRun = {
  version: 1,
  runId: 'a'.repeat(40),
  trigger: 'plan-upgraded',
  source: 'segment',
  route: 'default',
  messageId: 'm-1',
  receivedAtMs: 1_800_000_000_000,
  deadlineAtMs: 1_800_345_600_000,
  event: { type: 'track', event: 'plan_upgraded', userId: 'u-1', properties: {} },
};

const aFollower = {
  ...aRun,
  version: 2,
  after: { runId: 'c'.repeat(40), trigger: 'churn-signal', result: { content: 'Because.' } },
};

const aCancellation = {
  version: 1,
  kind: 'cancel',
  trigger: 'plan-upgraded',
  source: 'segment',
  route: 'default',
  messageId: 'm-1',
  key: `cancel#${'a'.repeat(40)}`,
  atMs: 1_800_000_000_000,
  expiresAtMs: 1_800_345_600_000,
};

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    -1,
    0.5,
    1e300,
    -1e300,
    5e-324,
    8.64e15 + 1,
    Number.MAX_SAFE_INTEGER,
    '',
    null,
    '__proto__',
    'x'.repeat(3_000),
  ),
  anyJson,
);
const aMoment = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 4e12 }) }, odd);

const changes: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  version: fc.oneof(fc.constant(2), odd),
  runId: fc.oneof(fc.constantFrom('b'.repeat(40), 'B'.repeat(40), 'b'.repeat(41)), odd),
  trigger: fc.oneof(fc.constantFrom('a', '', 'A B', 'constructor'), odd),
  source: odd,
  route: fc.oneof(fc.constantFrom('web', ''), odd),
  messageId: fc.oneof(anyText, odd),
  kind: fc.oneof(fc.constantFrom('cancel', 'run'), odd),
  key: fc.oneof(fc.constantFrom(`cancel#${'b'.repeat(40)}`, `kept#${'b'.repeat(40)}`), odd),
  atMs: aMoment,
  expiresAtMs: aMoment,
  receivedAtMs: aMoment,
  deadlineAtMs: aMoment,
  notBeforeMs: aMoment,
  slotAtMs: aMoment,
  redrive: fc.oneof(anyText, odd),
  report: fc.oneof(
    fc.record({ attempts: fc.oneof(fc.nat(), odd), to: fc.oneof(fc.constantFrom('segment', 'segops'), odd) }),
    fc.record({ attempts: fc.nat() }),
    odd,
  ),
  after: fc.oneof(
    fc.record({
      runId: fc.constantFrom('d'.repeat(40), 'd'.repeat(41)),
      trigger: fc.constantFrom('a', 'A B', 'constructor'),
      result: fc.oneof(anyObject, odd),
    }),
    odd,
  ),
  event: fc.oneof(
    anyObject.map((members) => ({ type: 'track', ...members })),
    odd,
  ),
};

const change = fc
  .constantFrom(...Object.entries(changes))
  .chain(([name, values]) => values.map((value): [string, unknown] => [name, value]));

/** Bodies of messages that are nearly runs or cancellations. */
export const anyMessageBody: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(fc.constantFrom(aRun, aRun, aFollower, aCancellation), fc.array(change, { maxLength: 3 }))
      .map(([message, some]) => JSON.stringify({ ...message, ...Object.fromEntries(some) })),
  },
  brokenText(fc.constant(JSON.stringify(aRun)), anyText),
  anyJson.map((json) => JSON.stringify(json)),
  anyText,
);

/** Messages in the queue: the runner must read them, or say why not. */
export const queueMessages: FuzzTarget<string> = {
  name: 'queue-messages',
  share: 6,
  schema: z.string(),
  inputs: anyMessageBody,
  open: async () => ({ check, close: async () => undefined }),
};

function check(body: string): string {
  let message: RunMessage | CancelMessage;
  try {
    message = parseQueueMessage(body);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isSchemaError(error)) {
      throw error;
    }
    return 'refused';
  }
  mustHold(
    /^[a-z0-9-]{1,64}$/.test(message.trigger),
    `a message is of the trigger ${JSON.stringify(message.trigger)}`,
  );
  mustHold(
    /^(?:[A-Za-z0-9_-]{1,64}|~pull)$/.test(message.route),
    `a message is of the route ${JSON.stringify(message.route)}`,
  );
  const again = 'kind' in message ? checkCancellation(message) : checkRun(message);
  mustHold(
    JSON.stringify(again) === JSON.stringify(message),
    'a message becomes another one when it is sent again',
  );
  return 'kind' in message ? 'cancellation' : 'read';
}

function checkRun(message: RunMessage): RunMessage | CancelMessage {
  const { receivedAtMs, deadlineAtMs, notBeforeMs, slotAtMs, report } = message;
  mustHaveMoments(receivedAtMs, deadlineAtMs, notBeforeMs, slotAtMs);
  mustHold((report?.attempts ?? 0) >= 0, `a report was tried ${report?.attempts} times`);
  return parseRunMessage(writeRunMessage(message));
}

function checkCancellation(message: CancelMessage): RunMessage | CancelMessage {
  mustHaveMoments(message.atMs, message.expiresAtMs);
  mustHold(/^cancel#[0-9a-f]{40}$/.test(message.key), `a cancellation has the key ${message.key}`);
  return parseQueueMessage(writeCancelMessage(message));
}

function mustHaveMoments(...moments: readonly (number | undefined)[]): void {
  for (const moment of moments) {
    mustHold(
      moment === undefined || !Number.isNaN(new Date(moment).getTime()),
      `a message has the time ${moment}`,
    );
  }
}
