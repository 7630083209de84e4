import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { askMavePerformer } from '../../../functions/mavera/actions/askMavePerformer.ts';
import {
  type PreparedRequest,
  prepareRequest,
  type RequestSubject,
} from '../../../functions/run/prepareRequest.ts';
import {
  type Action,
  askMave,
  type BuilderContext,
  createPersona,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../../functions/triggers/actions.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

const runId = '0123456789'.repeat(4);
const event = segmentEvent(trackEvent({ properties: { plan: 'pro' } }));

function prepare(run: Action, changes: Partial<RequestSubject> = {}): PreparedRequest {
  const subject = { runId, events: [event] as const, ...changes };
  return prepareRequest({ name: 'plan-upgraded', when: 'type = "track"', run }, subject);
}

/** What a builder may return that its types forbid. */
function returning(built: unknown): Action {
  return { ...askMave(() => ({ message: '' })), build: () => built } as Action;
}

describe('the request of a run', () => {
  it('the request is built from the event, with its performer and its estimated credits', () => {
    const run = askMave(({ event: { properties } }) => ({ message: `Why ${properties.plan}?` }));
    expect(prepare(run)).toEqual({
      ok: true,
      performer: askMavePerformer,
      request: { method: 'POST', path: '/mave/chat', body: { message: 'Why pro?', stream: false } },
      estimatedCredits: 50,
    });
  });

  /** The context that the builder gets for these events. */
  function contextOf(events: RequestSubject['events']): BuilderContext | undefined {
    const seen: BuilderContext[] = [];
    const run = askMave((context) => {
      seen.push(context);
      return { message: 'Why?' };
    });
    prepare(run, { events });
    return seen[0];
  }

  it('the builder gets the event and the name of its trigger', () => {
    expect(contextOf([event])).toEqual({ event, events: [event], trigger: 'plan-upgraded' });
  });

  it('the builder gets a copy of the event, so that it cannot change what is queued or kept', () => {
    const own = segmentEvent(trackEvent({ properties: { plans: ['b', 'a'] } }));
    const changing = askMave(({ event: { properties } }) => {
      (properties.plans as string[]).sort();
      Object.assign(properties, { itself: properties });
      return { message: `${properties.plans}` };
    });
    expect(prepare(changing, { events: [own] })).toMatchObject({ request: { body: { message: 'a,b' } } });
    expect(own.properties).toEqual({ plans: ['b', 'a'] });
  });

  it.each([
    ['the result that it follows', { result: { quotes: ['b', 'a'] } }, false],
    ['the results that it collects', { results: [{ quotes: ['b', 'a'] }] }, false],
    ['what was looked up for its own events', { profile: { quotes: ['b', 'a'] } }, true],
  ])('the builder gets a copy of %s', (_what, given, ownsEvents) => {
    const before = structuredClone(given);
    const changing = askMave((context) => {
      const [own] = Object.entries(context).flatMap(([name, value]) => (name in given ? [value].flat() : []));
      const { quotes } = own as unknown as { readonly quotes: string[] };
      quotes.sort();
      return { message: `${quotes}` };
    });
    expect(prepare(changing, { given, ownsEvents })).toMatchObject({ request: { body: { message: 'a,b' } } });
    expect(given).toEqual(before);
  });

  it('the builder gets all collected events, and the newest of them as the event', () => {
    const newest = segmentEvent(trackEvent({ messageId: 'm-3' }));
    const events = [event, segmentEvent(trackEvent({ messageId: 'm-2' })), newest] as const;
    expect(contextOf(events)).toEqual({ event: newest, events, trigger: 'plan-upgraded' });
  });

  it('the request names the thread or persona that the trigger keeps for the key', () => {
    const chat = askMave(() => ({ message: 'Why?' }), { thread: 'per-user' });
    expect(prepare(chat, { keptId: 'thread_1' })).toMatchObject({
      request: { body: { message: 'Why?', thread_id: 'thread_1' } },
    });
    const persona = updatePersona(() => ({ name: 'Ann' }), { per: 'user' });
    expect(prepare(persona, { keptId: 'p-1' })).toMatchObject({
      request: { method: 'PATCH', path: '/personas/p-1' },
    });
  });
});

describe('what a run is expected to cost', () => {
  const ofKnownPersona = { personaId: 'p-1' } as const;

  it.each([
    [50, askMave(() => ({ message: 'Why?' }))],
    [300, createPersona(() => ({ name: 'Ann' }))],
    [300, updatePersona(() => ({ name: 'Ann' }), { per: 'user' })],
    [0, updatePersona(() => ({ name: 'Ann' }), ofKnownPersona)],
    [5, respondAs(() => ({ input: 'Why?' }), ofKnownPersona)],
    [200, runFocusGroup(() => ({ workspace_id: 'ws_1' }))],
  ])("a run is expected to cost %d credits by its action's own estimate: $kind", (estimatedCredits, run) => {
    expect(prepare(run)).toMatchObject({ ok: true, estimatedCredits });
  });

  it.each([
    [0, createPersona(() => ({ name: 'Ann' }), { estimatedCredits: 0 })],
    [20, askMave(() => ({ message: 'Why?' }), { estimatedCredits: 20 })],
    [150, updatePersona(() => ({ name: 'Ann' }), { per: 'user', estimatedCredits: 150 })],
    [10, updatePersona(() => ({ name: 'Ann' }), { ...ofKnownPersona, estimatedCredits: 10 })],
    [80, runFocusGroup(() => ({ workspace_id: 'ws_1' }), { estimatedCredits: 80 })],
  ])('a run is expected to cost %d credits when its author says so', (estimatedCredits, run) => {
    expect(prepare(run)).toMatchObject({ ok: true, estimatedCredits });
  });
});

describe('a run without a request', () => {
  it('an unknown action gives no request, and the detail lists the known actions', () => {
    const run = { kind: 'runFocusGroups', build: () => ({}) } as unknown as Action;
    expect(prepare(run)).toEqual({
      ok: false,
      reason: 'action_unknown',
      detail:
        'There is no action "runFocusGroups"; the actions are askMave, createPersona, updatePersona, respondAs, runFocusGroup',
    });
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'an action named like a property of every object is unknown: %s',
    (kind) => {
      expect(prepare({ kind, build: () => ({}) } as unknown as Action)).toMatchObject({
        reason: 'action_unknown',
      });
    },
  );

  it('a builder that throws gives no request, and the detail has its error', () => {
    const failing = askMave(({ event: { properties } }) => ({
      message: (properties.plans as readonly string[]).join(),
    }));
    expect(prepare(failing)).toEqual({
      ok: false,
      reason: 'builder_failed',
      detail: expect.stringMatching(/^The request builder threw: Cannot read properties of undefined/),
    });
  });

  it.each([
    ['a text', 'a text'],
    [5, '5'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Object.create(null), 'a value of type object'],
  ])('a builder that throws %j, which is not an Error, gives no request', (thrown, shown) => {
    const failing = askMave(() => {
      throw thrown;
    });
    expect(prepare(failing)).toMatchObject({
      reason: 'builder_failed',
      detail: `The request builder threw: ${shown}`,
    });
  });

  it.each([
    [{}, 'message'],
    [{ message: 5 }, 'message'],
    [{ message: '' }, 'message'],
    [undefined, 'expected object'],
    ['Why?', 'expected object'],
  ])('a builder that returns %j gives no request, and the detail names the field', (built, field) => {
    const prepared = prepare(returning(built));
    expect(prepared).toMatchObject({ ok: false, reason: 'request_invalid' });
    expect(prepared.ok ? '' : prepared.detail).toContain(field);
  });

  it('a builder that throws the error of its own schema counts as failed, not as an invalid request', () => {
    const failing = askMave(({ event: { properties } }) => ({
      message: z.object({ signal: z.string() }).parse(properties).signal,
    }));
    expect(prepare(failing)).toMatchObject({ ok: false, reason: 'builder_failed' });
  });

  it('an asynchronous builder gives no request', async () => {
    const built = Promise.resolve({ message: 'Why?' });
    expect(prepare(returning(built))).toMatchObject({
      ok: false,
      reason: 'request_invalid',
      detail: expect.stringContaining('the builder is asynchronous'),
    });
    await built;
  });

  it('an asynchronous builder that fails later causes no unhandled rejection', async () => {
    const built = Promise.reject(new Error('too late'));
    expect(prepare(returning(built))).toMatchObject({ ok: false, reason: 'request_invalid' });
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each([
    ['returns no id', () => ''],
    ['returns something else', () => 5 as unknown as string],
    [
      'throws',
      () => {
        throw new RangeError('no such persona');
      },
    ],
  ])('a personaId function that %s gives no request', (_what, personaId) => {
    const prepared = prepare(respondAs(() => ({ input: 'Why?' }), { personaId }));
    expect(prepared).toMatchObject({
      ok: false,
      reason: 'builder_failed',
      detail: expect.stringMatching(/the function of personaId returned no id|no such persona/),
    });
  });

  const circular: Record<string, unknown> = { message: 'Why?' };
  circular.self = circular;
  it.each([
    ['a BigInt', { message: 'Why?', total: 10n }],
    ['itself', circular],
    ['what throws when it is written', { message: 'Why?', at: { toJSON: throwing } }],
  ])('a builder that returns what JSON cannot write gives no request: %s', (_what, built) => {
    expect(prepare(returning(built))).toMatchObject({
      ok: false,
      reason: 'request_invalid',
      detail: expect.stringContaining('it cannot be written as JSON'),
    });
  });
});

function throwing(): never {
  throw new RangeError('Invalid time value');
}
