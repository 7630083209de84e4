import * as fc from 'fast-check';
import * as z from 'zod';
import { prepareRequest } from '../../../../functions/run/prepareRequest.ts';
import { parseSegmentEvent, type SegmentEvent } from '../../../../functions/sources/segment/event.ts';
import { type Action, actionKinds } from '../../../../functions/triggers/actions.ts';
import { eventKey, type Per } from '../../../../functions/triggers/eventKey.ts';
import { thrownMessage } from '../../../../functions/triggers/shown.ts';
import { anyText } from '../arbitraries/json.ts';
import { anyOddValue, makeOdd, type OddValue, oddValueSchema } from '../arbitraries/oddValue.ts';
import { type FuzzTarget, mustHold } from '../fuzzTarget.ts';
import { judgeRequest } from './mavera/judgeResult.ts';

const schema = z.strictObject({
  kind: z.string(),
  /** What the builder returns, or throws. */
  built: oddValueSchema,
  throws: z.boolean(),
  /** What the functions `personaId` and `per` return, or throw. */
  id: oddValueSchema,
  idThrows: z.boolean(),
  keptId: z.string().optional(),
});

type BuilderInput = z.infer<typeof schema>;

const text: fc.Arbitrary<OddValue> = anyText.map((json) => ({ json }));
const members = fc.array(
  fc.tuple(
    fc.constantFrom(
      'message',
      'name',
      'description',
      'input',
      'instructions',
      'workspace_id',
      'thread_id',
      'stream',
      'model',
    ),
    fc.oneof({ weight: 5, arbitrary: text }, fc.constant<OddValue>({ json: 'x'.repeat(101) }), anyOddValue()),
  ),
  { maxLength: 5 },
);

/** What the functions of a triggers file may return or throw. */
export const requestBuilders: FuzzTarget<BuilderInput> = {
  name: 'request-builders',
  share: 7,
  schema,
  inputs: fc.record(
    {
      kind: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...actionKinds) },
        fc.constantFrom('constructor', '__proto__', ''),
      ),
      built: fc.oneof(
        { weight: 3, arbitrary: members.map((some): OddValue => ({ members: some })) },
        anyOddValue('message', 'name', 'input'),
      ),
      throws: fc.boolean(),
      id: fc.oneof(
        fc.constantFrom<OddValue>({ json: 'p-1' }, { json: '..' }, { json: '\ud800' }, { json: '' }),
        anyOddValue(),
      ),
      idThrows: fc.boolean(),
      keptId: fc.constantFrom('p-1', '\ud800', 'a/../b?c#d'),
    },
    { requiredKeys: ['kind', 'built', 'throws', 'id', 'idThrows'] },
  ),
  open: async () => ({ check, close: async () => undefined }),
};

const event = anEvent();

function check({ kind, built, throws, id, idThrows, keptId }: BuilderInput): string {
  const odd = (recipe: OddValue, isThrown: boolean) => (): never => {
    if (isThrown) {
      throw makeOdd(recipe);
    }
    return makeOdd(recipe) as never;
  };
  const per: Per = odd(id, idThrows);
  judgeKey(per);
  const action = {
    kind,
    build: odd(built, throws),
    ...(keptId === undefined ? { personaId: odd(id, idThrows) } : { per }),
  };
  const trigger = { name: 'a', when: 'type = "track"', run: action as unknown as Action };
  const prepared = prepareRequest(trigger, { runId: 'a'.repeat(40), events: [event], keptId });
  if (!prepared.ok) {
    mustHold(prepared.detail.length > 10, 'the refusal is not a sentence');
    return prepared.reason;
  }
  mustHold(!throws, 'a builder that throws has made a request');
  judgeRequest(prepared.request);
  mustHold(Number.isFinite(prepared.estimatedCredits), `it would cost ${prepared.estimatedCredits} credits`);
  return 'built';
}

/** A key is a string or `undefined`. For anything else there is an error with a message. */
function judgeKey(per: Per): void {
  try {
    const key = eventKey(per, event);
    mustHold(key === undefined || typeof key === 'string', `a key is of type ${typeof key}`);
  } catch (error) {
    mustHold(typeof thrownMessage(error) === 'string', 'what was thrown cannot be told');
  }
}

function anEvent(): SegmentEvent {
  const parsed = parseSegmentEvent({ type: 'track', userId: 'u-1' });
  mustHold(parsed.ok, 'the event is none');
  return parsed.event;
}
