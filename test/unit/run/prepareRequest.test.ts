import { describe, expect, it } from 'vitest';
import { askMavePerformer } from '../../../functions/mavera/actions/askMavePerformer.ts';
import { type PreparedRequest, prepareRequest } from '../../../functions/run/prepareRequest.ts';
import { parseSegmentEvent, type SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { askMave, createPersona } from '../../../functions/triggers/actions.ts';
import type { Action, BuilderContext } from '../../../functions/triggers/trigger.ts';
import { trackEvent } from '../segmentEvents.ts';

const runId = '0123456789'.repeat(4);
const event = eventOf(trackEvent({ properties: { plan: 'pro' } }));

function eventOf(element: object): SegmentEvent {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    throw new Error(parsed.problem);
  }
  return parsed.event;
}

function prepare(run: Action): PreparedRequest {
  return prepareRequest({ name: 'plan-upgraded', when: 'type = "track"', run }, event, runId);
}

/** What a builder may return that its types forbid. */
function returning(built: unknown): Action {
  return { ...askMave(() => ({ message: '' })), build: () => built };
}

describe('the request of a run', () => {
  it('is what the builder made of the event, with what performs it and what it may cost', () => {
    const run = askMave(({ event: { properties } }) => ({ message: `Why ${properties.plan}?` }));
    expect(prepare(run)).toEqual({
      ok: true,
      performer: askMavePerformer,
      request: { method: 'POST', path: '/mave/chat', body: { message: 'Why pro?', stream: false } },
      estimatedCredits: 50,
    });
  });

  it('is built with the event and the name of its trigger', () => {
    const seen: BuilderContext[] = [];
    prepare(
      askMave((context) => {
        seen.push(context);
        return { message: 'Why?' };
      }),
    );
    expect(seen).toEqual([{ event, trigger: 'plan-upgraded' }]);
  });

  it('may cost what its author expects instead', () => {
    const cheap = createPersona(() => ({ name: 'Ann' }), { estimatedCredits: 0 });
    expect(prepare(cheap)).toMatchObject({ ok: true, estimatedCredits: 0 });
    expect(prepare(createPersona(() => ({ name: 'Ann' })))).toMatchObject({ estimatedCredits: 300 });
  });
});

describe('a run without a request', () => {
  it('has an action that nobody performs: the detail names those that there are', () => {
    expect(prepare({ kind: 'runFocusGroups', build: () => ({}) })).toEqual({
      ok: false,
      reason: 'action_unknown',
      detail: expect.stringMatching(/^There is no action "runFocusGroups"; the actions are .*askMave/),
    });
  });

  it('has a builder that throws: the detail has what it threw', () => {
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
  ])('has a builder that throws %j, which is no error', (thrown, shown) => {
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
  ])('has a builder that returns %j: the detail names the field', (built, field) => {
    const prepared = prepare(returning(built));
    expect(prepared).toMatchObject({ ok: false, reason: 'request_invalid' });
    expect(prepared.ok ? '' : prepared.detail).toContain(field);
  });

  it('has a builder that waits for something', async () => {
    const built = Promise.resolve({ message: 'Why?' });
    expect(prepare(returning(built))).toMatchObject({ ok: false, reason: 'request_invalid' });
    await built;
  });

  const circular: Record<string, unknown> = { message: 'Why?' };
  circular.self = circular;
  it.each([
    ['a BigInt', { message: 'Why?', total: 10n }],
    ['itself', circular],
    ['what throws when it is written', { message: 'Why?', at: { toJSON: throwing } }],
  ])('has a builder that returns what JSON cannot write: %s', (_what, built) => {
    expect(prepare(returning(built))).toMatchObject({ ok: false, reason: 'request_invalid' });
  });
});

function throwing(): never {
  throw new RangeError('Invalid time value');
}
