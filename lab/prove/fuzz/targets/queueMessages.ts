import * as fc from 'fast-check';
import * as z from 'zod';
import { parseRunMessage, type RunMessage, writeRunMessage } from '../../../../functions/queue/runMessage.ts';
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
  version: odd,
  runId: fc.oneof(fc.constantFrom('b'.repeat(40), 'B'.repeat(40), 'b'.repeat(41)), odd),
  trigger: fc.oneof(fc.constantFrom('a', '', 'A B', 'constructor'), odd),
  source: odd,
  route: fc.oneof(fc.constantFrom('web', ''), odd),
  messageId: fc.oneof(anyText, odd),
  receivedAtMs: aMoment,
  deadlineAtMs: aMoment,
  notBeforeMs: aMoment,
  slotAtMs: aMoment,
  redrive: fc.oneof(anyText, odd),
  report: fc.oneof(fc.record({ attempts: fc.oneof(fc.nat(), odd) }), odd),
  event: fc.oneof(
    anyObject.map((members) => ({ type: 'track', ...members })),
    odd,
  ),
};

const change = fc
  .constantFrom(...Object.entries(changes))
  .chain(([name, values]) => values.map((value): [string, unknown] => [name, value]));

/** Bodies of messages that are nearly runs. */
export const anyMessageBody: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .array(change, { maxLength: 3 })
      .map((some) => JSON.stringify({ ...aRun, ...Object.fromEntries(some) })),
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
  let message: RunMessage;
  try {
    message = parseRunMessage(body);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isSchemaError(error)) {
      throw error;
    }
    return 'refused';
  }
  const again = JSON.stringify(parseRunMessage(writeRunMessage(message)));
  mustHold(again === JSON.stringify(message), 'a message becomes another one when it is sent again');
  mustHold(
    /^[a-z0-9-]{1,64}$/.test(message.trigger),
    `a run is of the trigger ${JSON.stringify(message.trigger)}`,
  );
  mustHold(
    /^[A-Za-z0-9_-]{1,64}$/.test(message.route),
    `a run is of the route ${JSON.stringify(message.route)}`,
  );
  for (const moment of [message.receivedAtMs, message.deadlineAtMs, message.notBeforeMs, message.slotAtMs]) {
    mustHold(
      moment === undefined || !Number.isNaN(new Date(moment).getTime()),
      `a run has the time ${moment}`,
    );
  }
  mustHold((message.report?.attempts ?? 0) >= 0, `a report was tried ${message.report?.attempts} times`);
  return 'read';
}
