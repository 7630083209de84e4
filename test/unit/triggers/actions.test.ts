import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import type {
  AskMaveResult,
  FocusGroupResult,
  PersonaResult,
  RespondAsResult,
} from '../../../functions/triggers/actionResults.ts';
import {
  type AskMaveAction,
  askMave,
  type BuilderContext,
  type CreatePersonaAction,
  createPersona,
  type RespondAsAction,
  type RunFocusGroupAction,
  respondAs,
  runFocusGroup,
  type UpdatePersonaAction,
  updatePersona,
} from '../../../functions/triggers/actions.ts';
import { defineTriggers } from '../../../functions/triggers/defineTriggers.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

describe('an action', () => {
  it('is data: its kind and the function that builds the request', () => {
    const build = () => ({ message: 'Why?' });
    expect(askMave(build)).toEqual({ kind: 'askMave', build });
    const buildPersona = () => ({ name: 'Ann' });
    expect(createPersona(buildPersona)).toEqual({ kind: 'createPersona', build: buildPersona });
    expect(updatePersona(buildPersona, { per: 'user' })).toEqual({
      kind: 'updatePersona',
      build: buildPersona,
      per: 'user',
    });
    const buildInput = () => ({ input: 'Why?' });
    const output = z.object({ why: z.string() });
    expect(respondAs(buildInput, { personaId: 'p-1', output })).toEqual({
      kind: 'respondAs',
      build: buildInput,
      personaId: 'p-1',
      output,
    });
    const buildGroup = () => ({ workspace_id: 'ws_1' });
    expect(runFocusGroup(buildGroup)).toEqual({ kind: 'runFocusGroup', build: buildGroup });
    expect(runFocusGroup(buildGroup, { pollEvery: '1m' })).toEqual({
      kind: 'runFocusGroup',
      build: buildGroup,
      pollEvery: '1m',
    });
  });

  it('has the credits that its author expects', () => {
    const build = () => ({ message: 'Why?', name: 'Ann' });
    expect(askMave(build, { estimatedCredits: 20 }).estimatedCredits).toBe(20);
    expect(createPersona(build, { estimatedCredits: 0 }).estimatedCredits).toBe(0);
  });
});

/** These are checked by the compiler; running them only shows that nothing throws. */
describe('the types of a triggers file', () => {
  it('give a builder the Segment event, all events of its run, and the name of its trigger', () => {
    askMave((context) => {
      expectTypeOf(context.event).toEqualTypeOf<SegmentEvent>();
      expectTypeOf(context.events).toEqualTypeOf<readonly SegmentEvent[]>();
      expectTypeOf(context.trigger).toEqualTypeOf<string>();
      return { message: 'Why?' };
    });
    createPersona(({ event }) => {
      expectTypeOf(event.properties.plan).toEqualTypeOf<unknown>();
      expectTypeOf(event.userId).toEqualTypeOf<string | undefined>();
      return { name: `User ${event.userId}` };
    });
  });

  it('know the documented members of a request, and allow others', () => {
    expectTypeOf(askMave(() => ({ message: 'Why?', tone: 'dry' }))).toEqualTypeOf<
      AskMaveAction<BuilderContext, AskMaveResult>
    >();
    expectTypeOf(createPersona(() => ({ name: 'Ann', goals: ['x'] }))).toEqualTypeOf<
      CreatePersonaAction<BuilderContext, PersonaResult>
    >();
    expectTypeOf(updatePersona(() => ({ goals: ['x'] }), { per: 'user' })).toEqualTypeOf<
      UpdatePersonaAction<BuilderContext, PersonaResult>
    >();
    expectTypeOf(respondAs(() => ({ input: 'Why?', verbosity: 'low' }), { personaId: 'p-1' })).toEqualTypeOf<
      RespondAsAction<BuilderContext, RespondAsResult>
    >();
    expectTypeOf(runFocusGroup(() => ({ workspace_id: 'ws_1', questions: [] }))).toEqualTypeOf<
      RunFocusGroupAction<BuilderContext, FocusGroupResult>
    >();
  });

  it('need either the id or the key of an updated persona', () => {
    const build = () => ({ name: 'Ann' });
    updatePersona(build, { personaId: 'p-1' });
    updatePersona(build, { personaId: ({ event }) => `p-${event.userId}`, estimatedCredits: 10 });
    updatePersona(build, { per: 'group' });
    updatePersona(build, { per: ({ properties }) => `${properties.plan}` });
    // @ts-expect-error: neither personaId nor per
    updatePersona(build, {});
    // @ts-expect-error: neither of them, though something else
    updatePersona(build, { estimatedCredits: 10 });
    // @ts-expect-error: both personaId and per
    updatePersona(build, { personaId: 'p-1', per: 'user' });
    // @ts-expect-error: there is no default
    expect(updatePersona(build)).toEqual({ kind: 'updatePersona', build });
    // @ts-expect-error: a user, a group, or a function of the event
    updatePersona(build, { per: 'account' });
    // @ts-expect-error: the function gets the event, and returns a string
    updatePersona(build, { per: ({ properties }) => properties });
    // @ts-expect-error: an id is a string
    updatePersona(build, { personaId: () => undefined });
  });

  it('need the persona of an answer, and accept schemas of zod and of zod/mini', () => {
    const build = () => ({ input: 'Why?' });
    respondAs(build, { personaId: 'p-1', output: z.object({ why: z.string() }) });
    respondAs(build, { personaId: 'p-1', output: mini.object({ why: mini.string() }) });
    // @ts-expect-error: personaId is missing
    respondAs(build, {});
    // @ts-expect-error: a JSON Schema is not a zod schema
    respondAs(build, { personaId: 'p-1', output: { type: 'object' } });
  });

  it('know the options of each action', () => {
    askMave(() => ({ message: 'Why?' }), { thread: 'per-group' });
    // @ts-expect-error: there is no such thread
    askMave(() => ({ message: 'Why?' }), { thread: 'per-account' });
    // @ts-expect-error: a persona has no thread
    createPersona(() => ({ name: 'Ann' }), { thread: 'per-user' });
    // @ts-expect-error: a duration has a unit
    runFocusGroup(() => ({ workspace_id: 'ws_1' }), { pollEvery: '20' });
    // @ts-expect-error: there is no such unit
    runFocusGroup(() => ({ workspace_id: 'ws_1' }), { timeout: '1w' });
  });

  it('know the limits of a trigger', () => {
    const run = askMave(() => ({ message: 'Why?' }));
    const base = { name: 'why', when: 'type = "track"', run } as const;
    const all: Trigger = {
      ...base,
      staleAfter: '24h',
      sample: 0.5,
      weight: 3,
      cooldown: { per: ({ userId }) => userId, for: '7d' },
      collect: { within: '1h' },
      budget: { credits: 500, per: 'day' },
      toSegment: {
        identify: ({ result, event, trigger }) => {
          expectTypeOf(result).toEqualTypeOf<Readonly<Record<string, unknown>>>();
          expectTypeOf(event).toEqualTypeOf<SegmentEvent>();
          expectTypeOf(trigger).toEqualTypeOf<string>();
          return undefined;
        },
      },
    };
    const wrong: readonly Trigger[] = [
      // @ts-expect-error: a duration has a unit
      { ...base, staleAfter: '24' },
      // @ts-expect-error: a weight is a number
      { ...base, weight: '3' },
      // @ts-expect-error: for how long is missing
      { ...base, cooldown: { per: 'user' } },
      // @ts-expect-error: within what time is missing
      { ...base, collect: { count: 10 } },
      // @ts-expect-error: a budget is of a day or a month
      { ...base, budget: { credits: 500, per: 'week' } },
      // @ts-expect-error: beyond it a run waits or is skipped
      { ...base, budget: { credits: 500, per: 'day', whenSpent: 'fail' } },
      // @ts-expect-error: a function for traits is not async
      { ...base, toSegment: { identify: async () => ({ researched: true }) } },
    ];
    expect([all, ...wrong]).toHaveLength(8);
  });

  it('refuse a request that Mavera would refuse', () => {
    // @ts-expect-error: message is missing
    askMave(() => ({ question: 'Why?' }));
    // @ts-expect-error: message is a string
    askMave(() => ({ message: 5 }));
    // @ts-expect-error: thread_id is a string
    askMave(() => ({ message: 'Why?', thread_id: 5 }));
    // @ts-expect-error: a builder is not async
    askMave(async () => ({ message: 'Why?' }));
    // @ts-expect-error: name is missing
    createPersona(() => ({ description: 'x' }));
    // @ts-expect-error: the types are B2B and B2C
    createPersona(() => ({ name: 'Ann', type: 'B2X' }));
    // @ts-expect-error: there is no such pipeline
    createPersona(() => ({ name: 'Ann', pipeline_type: 'simple' }));
    // @ts-expect-error: a name is a string
    updatePersona(() => ({ name: 5 }), { per: 'user' });
    // @ts-expect-error: input is missing
    respondAs(() => ({ message: 'Why?' }), { personaId: 'p-1' });
    // @ts-expect-error: workspace_id is missing
    runFocusGroup(() => ({ name: 'Why they left' }));
  });

  it('refuse a member that an event does not have, and a change of one that it has', () => {
    askMave(({ event }) => {
      expectTypeOf(event).toEqualTypeOf<Readonly<SegmentEvent>>();
      // @ts-expect-error: an event has no user
      return { message: `Why ${event.user}?` };
    });
  });

  it('keep the triggers as they were written', () => {
    const triggers = defineTriggers([
      { name: 'why', when: 'type = "track"', run: askMave(() => ({ message: 'Why?' })) },
    ]);
    expectTypeOf(triggers[0].name).toEqualTypeOf<'why'>();
    expectTypeOf(triggers).toExtend<readonly Trigger[]>();
  });

  it('refuse a trigger without a filter or an action', () => {
    const incomplete = (): unknown => [
      // @ts-expect-error: when is missing
      defineTriggers([{ name: 'why', run: askMave(() => ({ message: 'Why?' })) }]),
      // @ts-expect-error: run is missing
      defineTriggers([{ name: 'why', when: 'type = "track"' }]),
    ];
    expect(incomplete).toThrow();
  });
});
