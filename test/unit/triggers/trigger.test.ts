import {
  askMave,
  createPersona,
  definePull,
  defineTriggers,
  deviceOf,
  type MaveraWorkspace,
  maveraWorkspace,
  respondAs,
  runFocusGroup,
  type SegmentEvent,
  type SegopsMembership,
  segmentProfile,
  segopsMembers,
  segopsMembership,
  trigger,
  updatePersona,
} from 'mavera-triggers';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';

const when = 'type = "track"';
const why = trigger(
  { name: 'why', when },
  askMave(() => ({ message: 'Why?' })),
);
const who = trigger(
  { name: 'who', after: why },
  createPersona(({ result }) => ({ name: result.content })),
);

const people = definePull({
  kind: 'people',
  source: 'segment',
  operations: [],
  start: { page: 1 },
  step: ({ page }, [answer]) =>
    answer === undefined
      ? { calls: [{ operation: 'listWorkspaces', request: { query: { limit: `${page}` } } }] }
      : {
          events: [{ item: 'ann', event: 'Person Pulled', properties: { name: 'Ann', age: 40 } }],
          next: page < 3 ? { page: page + 1 } : undefined,
        },
});

describe('trigger', () => {
  it('makes a trigger that defineTriggers takes beside flat ones', () => {
    const flat = { name: 'flat', when, run: askMave(({ event }) => ({ message: `${event.event}` })) };
    const triggers = defineTriggers([flat, why, who]);
    expect(triggers.map(({ name }) => name)).toEqual(['flat', 'why', 'who']);
    expect(triggers[2]).toEqual({ name: 'who', after: why, run: who.run });
  });

  it('gives its functions the event without any lookups', () => {
    trigger(
      {
        name: 'a',
        when,
        route: 'web',
        only: ({ event, events }) => {
          expectTypeOf(event).toEqualTypeOf<SegmentEvent>();
          expectTypeOf(events).toEqualTypeOf<readonly SegmentEvent[]>();
          return true;
        },
      },
      askMave((context) => {
        expectTypeOf(context.event).toEqualTypeOf<SegmentEvent>();
        expectTypeOf(context.trigger).toEqualTypeOf<string>();
        // @ts-expect-error it follows no trigger
        expect(context.result).toBeUndefined();
        // @ts-expect-error it follows no trigger
        expect(context.results).toBeUndefined();
        // @ts-expect-error it looks nothing up
        expect(context.profile).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
  });

  it('gives its functions what it looks up, by name', () => {
    trigger(
      {
        name: 'a',
        when,
        with: {
          profile: segmentProfile({ traits: ['ltv', 'plan'] }),
          membership: segopsMembership(),
          members: segopsMembers({ segment: ({ properties }) => Number(properties.segment), first: 20 }),
          workspace: maveraWorkspace({ freshFor: '1d' }),
        },
        only: ({ profile, membership }) => {
          expectTypeOf(membership).toEqualTypeOf<SegopsMembership | undefined>();
          return profile?.traits.ltv !== undefined;
        },
      },
      runFocusGroup(({ event, profile, members, workspace }) => {
        expectTypeOf(event).toEqualTypeOf<SegmentEvent>();
        expectTypeOf(profile).toEqualTypeOf<
          { readonly traits: { readonly ltv?: unknown; readonly plan?: unknown } } | undefined
        >();
        expectTypeOf(members?.userIds).toEqualTypeOf<readonly string[] | undefined>();
        expectTypeOf(workspace).toEqualTypeOf<MaveraWorkspace>();
        return { workspace_id: workspace.id };
      }),
    );
  });

  it('refuses a wrong name of a lookup, a trait or a part of a profile when it is compiled', () => {
    const options = { name: 'a', when, with: { profile: segmentProfile({ traits: ['ltv'] }) } } as const;
    trigger(
      options,
      askMave(({ profile, ...context }) => {
        // @ts-expect-error the lookup is named profile
        expect(context.profil).toBeUndefined();
        // @ts-expect-error the trait is named ltv
        expect(profile?.traits.lvt).toBeUndefined();
        // @ts-expect-error Segment may not know the profile
        expect(profile.traits.ltv).toBeUndefined();
        // @ts-expect-error the lookup does not ask for events
        expect(profile?.events).toBeUndefined();
        // @ts-expect-error without ids and events nothing tells the channels
        expect(profile?.channels).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
    trigger(
      {
        ...options,
        only: (context) => {
          // @ts-expect-error the lookup is named profile
          return context.profil !== undefined;
        },
      },
      askMave(() => ({ message: 'Why?' })),
    );
  });

  it('refuses a lookup whose name is taken, and lookups in the flat form, when it is compiled', () => {
    const why = askMave(() => ({ message: 'Why?' }));
    // @ts-expect-error the name is taken by the event itself
    trigger({ name: 'a', when, with: { event: maveraWorkspace() } }, why);
    const lookups = { workspace: maveraWorkspace() };
    defineTriggers([
      {
        name: 'a',
        when,
        with: lookups,
        run: runFocusGroup((context) => {
          // @ts-expect-error the flat form does not know the types of lookups
          return { workspace_id: context.workspace.id };
        }),
      },
    ]);
  });

  it('types the parts of a profile that the lookup asks for', () => {
    trigger(
      { name: 'a', when, with: { profile: segmentProfile({ externalIds: true, events: true }) } },
      askMave(({ profile }) => {
        expectTypeOf(profile?.externalIds.at(0)?.type).toEqualTypeOf<string | undefined>();
        expectTypeOf(profile?.events.at(0)?.source).toEqualTypeOf<string | undefined>();
        // @ts-expect-error there is no channel of this name
        expect(profile?.channels.includes('fax')).toBe(false);
        return { message: `${profile?.channels.includes('web')}` };
      }),
    );
  });

  it('types the result that it follows by the action of the other trigger', () => {
    const output = z.object({ stays: z.boolean() });
    const persona = trigger(
      { name: 'persona', after: why, only: ({ result }) => result.content !== '' },
      updatePersona(({ result }) => ({ description: result.content }), { per: 'user' }),
    );
    const voice = trigger(
      { name: 'voice', after: persona },
      respondAs(() => ({ input: 'Why?' }), { personaId: ({ result }) => result.personaId, output }),
    );
    const plain = trigger(
      { name: 'plain', after: persona },
      respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1' }),
    );
    trigger(
      { name: 'last', after: voice },
      askMave(({ event, result }) => {
        expectTypeOf(event).toEqualTypeOf<SegmentEvent>();
        expectTypeOf(result.output).toEqualTypeOf<{ stays: boolean }>();
        return { message: 'Why?' };
      }),
    );
    trigger(
      { name: 'other', after: plain },
      askMave(({ result }) => {
        expectTypeOf(result).toEqualTypeOf<{ readonly responseId: string; readonly text: string }>();
        return { message: result.text };
      }),
    );
    trigger(
      { name: 'a', after: why },
      askMave(({ result, ...context }) => {
        // @ts-expect-error a question to Mave gives no persona
        expect(result.personaId).toBeUndefined();
        // @ts-expect-error it does not collect
        expect(context.results).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
  });

  it('types the result of a flat trigger that it follows', () => {
    const flat = { name: 'flat', when, run: createPersona(() => ({ name: 'Ann' })) } as const;
    const follower = trigger(
      { name: 'a', after: flat },
      askMave(({ result }) => {
        expectTypeOf(result.personaId).toEqualTypeOf<string>();
        return { message: 'Why?' };
      }),
    );
    expect(defineTriggers([flat, follower])).toHaveLength(2);
  });

  it('gives all results where it collects', () => {
    trigger(
      { name: 'compare', after: who, collect: { count: 2, within: '7d' } },
      askMave(({ results }) => {
        expectTypeOf(results.map(({ personaId }) => personaId)).toEqualTypeOf<string[]>();
        return { message: 'Why?' };
      }),
    );
    trigger(
      { name: 'a', after: who, collect: { within: '1h' } },
      askMave((context) => {
        // @ts-expect-error it collects
        expect(context.result).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
  });

  it('gives counters in place of events where it tallies', () => {
    trigger(
      {
        name: 'devices',
        when,
        with: { profile: segmentProfile({ traits: ['ltv'] }) },
        collect: { per: ({ properties }) => `${properties.singlesend_id}`, within: '24h', tally: deviceOf },
        only: ({ event, ...context }) => {
          // @ts-expect-error each event is decided on before it is counted
          expect(context.tally).toBeUndefined();
          return event.type === 'track';
        },
      },
      updatePersona(
        ({ event, tally, counted, profile, ...context }) => {
          expectTypeOf(event).toEqualTypeOf<SegmentEvent>();
          expectTypeOf(counted).toEqualTypeOf<number>();
          expectTypeOf(tally.phone).toEqualTypeOf<number | undefined>();
          expectTypeOf(profile?.traits.ltv).toEqualTypeOf<unknown>();
          // @ts-expect-error counters are kept, and no events
          expect(context.events).toBeUndefined();
          return { description: JSON.stringify(tally) };
        },
        { per: ({ properties }) => `${properties.singlesend_id}` },
      ),
    );
    trigger(
      {
        name: 'pages',
        when,
        collect: {
          within: '1h',
          tally: ({ name, context }) => [`page ${name}`, deviceOf(context.userAgent)],
        },
      },
      askMave(({ tally }) => {
        expectTypeOf(Object.entries(tally)).toEqualTypeOf<[string, number][]>();
        return { message: JSON.stringify(tally) };
      }),
    );
    trigger(
      { name: 'pulled', from: people, every: '1d', collect: { within: '1h', tally: () => 'person' } },
      askMave(({ event, counted }) => {
        expectTypeOf(event.properties.age).toEqualTypeOf<number>();
        return { message: `${counted}` };
      }),
    );
  });

  it('refuses a tally in the flat form when it is compiled, because its builder would expect events', () => {
    const collect = { within: '1h', tally: () => 'a' } as const;
    const flat = {
      name: 'a',
      when,
      collect,
      run: askMave(({ events }) => ({ message: `${events.length}` })),
    };
    // @ts-expect-error only the function trigger knows that there are no events
    defineTriggers([flat]);
    const tallied = trigger(
      { name: 'a', when, collect },
      askMave(({ counted }) => ({ message: `${counted}` })),
    );
    expect(defineTriggers([tallied])).toHaveLength(1);
  });

  it('types the functions of what it collects', () => {
    trigger(
      { name: 'a', when, collect: { per: ({ properties }) => `${properties.plan}`, within: '1h' } },
      askMave(({ events }) => ({ message: `${events.length}` })),
    );
    trigger(
      { name: 'b', after: who, collect: { per: ({ userId }) => userId, within: '1h' } },
      askMave(({ results }) => ({ message: `${results.length}` })),
    );
    trigger(
      // @ts-expect-error it counts names
      { name: 'c', when, collect: { within: '1h', tally: () => 1 } },
      askMave(({ counted }) => ({ message: `${counted}` })),
    );
  });

  it('gives results and lookups together', () => {
    trigger(
      { name: 'a', after: who, with: { profile: segmentProfile({ traits: ['ltv'] }) } },
      respondAs(({ profile }) => ({ input: `${profile?.traits.ltv}` }), {
        personaId: ({ result, profile }) => (profile === undefined ? 'p-1' : result.personaId),
      }),
    );
  });

  it('gives the functions that report its result the type of that result', () => {
    trigger(
      {
        name: 'a',
        when,
        with: { profile: segmentProfile({ traits: ['ltv'] }) },
        toSegment: {
          track: true,
          identify: ({ event, result, ...context }) => {
            expectTypeOf(event).toEqualTypeOf<SegmentEvent>();
            expectTypeOf(result.personaId).toEqualTypeOf<string>();
            // @ts-expect-error a persona has no content
            expect(result.content).toBeUndefined();
            // @ts-expect-error lookups are for the request
            expect(context.profile).toBeUndefined();
            return { mavera_persona_id: result.personaId };
          },
        },
        toSegOps: { identify: ({ result }) => ({ mavera_persona_id: result.personaId }) },
      },
      createPersona(({ profile }) => ({ name: `${profile?.traits.ltv}` })),
    );
    trigger(
      // @ts-expect-error it has to return traits
      { name: 'a', when, toSegOps: { identify: () => 'no traits' } },
      createPersona(() => ({ name: 'Ann' })),
    );
  });

  it('types the result that it reports by the schema of an answer', () => {
    trigger(
      {
        name: 'a',
        after: why,
        toSegOps: {
          identify: ({ result }) => {
            expectTypeOf(result.output).toEqualTypeOf<{ stays: boolean }>();
            return { stays: result.output.stays };
          },
        },
      },
      respondAs(({ result }) => ({ input: result.content }), {
        personaId: 'p-1',
        output: z.object({ stays: z.boolean() }),
      }),
    );
  });

  it('types the events that it pulls by what the pull gives', () => {
    const pulls = trigger(
      {
        name: 'pulls',
        from: people,
        every: '7d',
        when: 'properties.age > 30',
        again: 'always',
        atMost: { runs: 10, credits: 500 },
        with: { profile: segmentProfile({ traits: ['ltv'] }) },
        only: ({ event }) => event.properties.age > 18,
      },
      createPersona(({ event, events, profile }) => {
        expectTypeOf(event.properties).toEqualTypeOf<{ name: string; age: number }>();
        expectTypeOf(events.map(({ properties }) => properties.name)).toEqualTypeOf<string[]>();
        expectTypeOf(event.userId).toEqualTypeOf<string | undefined>();
        // @ts-expect-error the pull gives no such property
        expect(event.properties.nmae).toBeUndefined();
        return { name: `${event.properties.name} ${profile?.traits.ltv}` };
      }),
    );
    const follows = trigger(
      { name: 'follows', after: pulls },
      askMave(({ result }) => ({ message: result.personaId })),
    );
    expect(defineTriggers([pulls, follows])).toHaveLength(2);
  });

  it('types events and results of a chain that begins with a pull, and marks each result', () => {
    const pulls = trigger(
      { name: 'pulls', from: people, every: '7d' },
      createPersona(({ event }) => ({ name: event.properties.name })),
    );
    const voices = trigger(
      { name: 'voices', after: pulls, only: ({ event }) => event.properties.age > 18 },
      runFocusGroup(({ event, result, ...context }) => {
        expectTypeOf(event.properties).toEqualTypeOf<{ name: string; age: number }>();
        // @ts-expect-error only a trigger that collects is given unchanged items
        expect(result.isNew).toBeUndefined();
        // @ts-expect-error it does not collect
        expect(context.results).toBeUndefined();
        return { workspace_id: 'w-1', persona_ids: [result.personaId] };
      }),
    );
    const compared = trigger(
      { name: 'compared', after: voices, collect: { within: '1d' } },
      askMave(({ event, events, results }) => {
        expectTypeOf(event.properties.age).toEqualTypeOf<number>();
        expectTypeOf(events.map(({ properties }) => properties.name)).toEqualTypeOf<string[]>();
        expectTypeOf(results.map(({ isNew }) => isNew)).toEqualTypeOf<boolean[]>();
        expectTypeOf(results.map(({ focusGroupId }) => focusGroupId)).toEqualTypeOf<(string | undefined)[]>();
        // @ts-expect-error a focus group gives no persona
        expect(results.map(({ personaId }) => personaId)).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
    const told = trigger(
      { name: 'told', after: compared, collect: { within: '1d' } },
      askMave(({ event, results }) => {
        expectTypeOf(event.properties.age).toEqualTypeOf<number>();
        expectTypeOf(results.map(({ content }) => content)).toEqualTypeOf<string[]>();
        // @ts-expect-error what is compared is no longer one item
        expect(results.map(({ isNew }) => isNew)).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
    expect(defineTriggers([pulls, voices, compared, told])).toHaveLength(4);
  });

  it('marks no result of a chain that begins with events', () => {
    trigger(
      { name: 'compare', after: who, collect: { within: '7d' } },
      askMave(({ results }) => {
        // @ts-expect-error only items of a pull have a last result
        expect(results.map(({ isNew }) => isNew)).toBeUndefined();
        return { message: 'Why?' };
      }),
    );
  });

  it('types the state and the answers of a pull of your own', () => {
    definePull({
      kind: 'own',
      source: 'segops',
      operations: ['listSegopsSegments'],
      start: { page: 1 },
      step: (state, answers, { startedAtMs }) => {
        expectTypeOf(state).toEqualTypeOf<{ page: number }>();
        expectTypeOf(answers.at(0)?.value).toEqualTypeOf<unknown>();
        expectTypeOf(startedAtMs).toEqualTypeOf<number>();
        return { next: { page: state.page + 1 } };
      },
    });
    definePull({
      kind: 'own',
      source: 'segops',
      // @ts-expect-error the catalogue has no such operation
      operations: ['dropSegopsSegments'],
      start: 1,
      step: () => ({}),
    });
  });

  it('pulls by a schedule, and then has neither a source nor another trigger', () => {
    const run = askMave(() => ({ message: 'Why?' }));
    trigger({ name: 'a', from: people, every: { cron: '0 9 ? * MON *', timeZone: 'Europe/Berlin' } }, run);
    // @ts-expect-error nothing says when it pulls
    trigger({ name: 'a', from: people }, run);
    // @ts-expect-error one of them is too many
    trigger({ name: 'a', from: people, every: '7d', after: why }, run);
    // @ts-expect-error a trigger that pulls has no source
    trigger({ name: 'a', from: people, every: '7d', source: 'segops' }, run);
    // @ts-expect-error a trigger that reads events pulls nothing
    trigger({ name: 'a', when, every: '7d' }, run);
  });

  it('has either when or after', () => {
    const run = askMave(() => ({ message: 'Why?' }));
    // @ts-expect-error nothing starts it
    trigger({ name: 'a' }, run);
    // @ts-expect-error one of them is too many
    trigger({ name: 'a', when, after: why }, run);
    // @ts-expect-error a trigger that follows another reads no route
    trigger({ name: 'a', after: why, route: 'web' }, run);
    // @ts-expect-error nothing starts it
    expect(() => defineTriggers([{ name: 'a', run }])).toThrow('when:');
  });
});
