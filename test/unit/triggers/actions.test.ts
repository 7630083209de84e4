import { describe, expect, expectTypeOf, it } from 'vitest';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import {
  type AskMaveRequest,
  askMave,
  type CreatePersonaRequest,
  createPersona,
} from '../../../functions/triggers/actions.ts';
import { defineTriggers } from '../../../functions/triggers/defineTriggers.ts';
import type { Action, Trigger } from '../../../functions/triggers/trigger.ts';

describe('an action', () => {
  it('is data: its kind and the function that builds the request', () => {
    const build = () => ({ message: 'Why?' });
    expect(askMave(build)).toEqual({ kind: 'askMave', build });
    const buildPersona = () => ({ name: 'Ann' });
    expect(createPersona(buildPersona)).toEqual({ kind: 'createPersona', build: buildPersona });
  });

  it('carries the credits that its author expects', () => {
    const build = () => ({ message: 'Why?', name: 'Ann' });
    expect(askMave(build, { estimatedCredits: 20 }).estimatedCredits).toBe(20);
    expect(createPersona(build, { estimatedCredits: 0 }).estimatedCredits).toBe(0);
  });
});

/** These are checked by the compiler; running them only shows that nothing throws. */
describe('the types of a triggers file', () => {
  it('give a builder the Segment event and the name of its trigger', () => {
    askMave((context) => {
      expectTypeOf(context.event).toEqualTypeOf<SegmentEvent>();
      expectTypeOf(context.trigger).toEqualTypeOf<string>();
      return { message: 'Why?' };
    });
    createPersona(({ event }) => {
      expectTypeOf(event.properties.plan).toEqualTypeOf<unknown>();
      expectTypeOf(event.userId).toEqualTypeOf<string | undefined>();
      return { name: `User ${event.userId}` };
    });
  });

  it('know what a request looks like, and let members pass that are not documented', () => {
    expectTypeOf(askMave(() => ({ message: 'Why?', tone: 'dry' }))).toEqualTypeOf<
      Action<'askMave', AskMaveRequest>
    >();
    expectTypeOf(createPersona(() => ({ name: 'Ann', goals: ['x'] }))).toEqualTypeOf<
      Action<'createPersona', CreatePersonaRequest>
    >();
  });

  it('refuse a request that Mavera would refuse', () => {
    // @ts-expect-error: message is missing
    askMave(() => ({ question: 'Why?' }));
    // @ts-expect-error: message is a text
    askMave(() => ({ message: 5 }));
    // @ts-expect-error: thread_id is a text
    askMave(() => ({ message: 'Why?', thread_id: 5 }));
    // @ts-expect-error: a builder waits for nothing
    askMave(async () => ({ message: 'Why?' }));
    // @ts-expect-error: name is missing
    createPersona(() => ({ description: 'x' }));
    // @ts-expect-error: the types are B2B and B2C
    createPersona(() => ({ name: 'Ann', type: 'B2X' }));
    // @ts-expect-error: there is no such pipeline
    createPersona(() => ({ name: 'Ann', pipeline_type: 'simple' }));
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
