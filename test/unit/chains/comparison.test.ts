import { describe, expect, it } from 'vitest';
import { definePull } from '../../../functions/pulls/definePull.ts';
import { askMave, createPersona } from '../../../functions/triggers/actions.ts';
import { trigger } from '../../../functions/triggers/defineTrigger.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { ChainWorld, type Crash } from './chainWorld.ts';

/** What the pull finds: the version of each item. */
type Items = Readonly<Record<string, number>>;

/** A pull of items that the test changes, two a step. */
function itemsOf(
  read: () => Items,
): ReturnType<typeof definePull<{ from: number }, { name: string; version: number }>> {
  return definePull({
    kind: 'items',
    source: 'segment',
    operations: [],
    start: { from: 0 },
    step: ({ from }) => {
      const found = Object.entries(read());
      return {
        events: found.slice(from, from + 2).map(([item, version]) => ({
          item,
          event: 'Item Pulled',
          properties: { name: item, version },
        })),
        next: from + 2 < found.length ? { from: from + 2 } : undefined,
      };
    },
  });
}

interface Chain {
  readonly world: ChainWorld;
  items: Items;
  /** What was compared, in the order in which Mavera was asked: `a1` is unchanged, `a2*` is new. Sorted by name. */
  compared(): readonly string[];
}

function chainOf(items: Items, more: { readonly middle?: Partial<Trigger> } = {}): Chain {
  const chain = { items } as { -readonly [Key in keyof Chain]: Chain[Key] };
  const personas = trigger(
    { name: 'personas', from: itemsOf(() => chain.items), every: '1d' },
    createPersona(({ event: { properties } }) => ({ name: `${properties.name}${properties.version}` })),
  );
  const told = trigger(
    { name: 'told', after: personas },
    createPersona(({ result }) => ({ name: `${result.name} told` })),
  );
  const comparison = trigger(
    { name: 'comparison', after: { ...told, ...more.middle } as typeof told, collect: { within: '6h' } },
    askMave(({ events, results }) => {
      const shown = results.map(({ name = '', isNew }, index) => {
        const { name: item, version } = events[index]?.properties ?? {};
        const [persona] = name.split(' ');
        return persona === `${item}${version}` ? `${persona}${isNew ? '*' : ''}` : `${persona} of ${item}`;
      });
      return { message: `Compare ${shown.join(' ')}` };
    }),
  );
  chain.world = new ChainWorld([personas, { ...told, ...more.middle }, comparison]);
  chain.compared = () =>
    chain.world.mavera.calls.flatMap(({ subject }) => {
      const [, shown] = /^Compare ([^\n[]*)/.exec(subject ?? '') ?? [];
      return shown === undefined ? [] : shown.trim().split(' ').sort().join(' ');
    });
  return chain;
}

describe('a trigger that collects after a chain that a pull began', () => {
  it('compares all items that the pull sees, those that did not change included', async () => {
    const chain = chainOf({ a: 1, b: 1, c: 1 });
    await chain.world.pull('personas', 'first');
    chain.items = { a: 1, b: 2, c: 1 };
    await chain.world.pull('personas', 'second');
    chain.items = { b: 2, c: 3, d: 1 };
    await chain.world.pull('personas', 'third');
    expect(chain.compared()).toEqual(['a1* b1* c1*', 'a1 b2* c1', 'b2 c3* d1*']);
    expect(chain.world.deadLetters).toEqual([]);
  });

  it('compares each item once and loses none, at whichever call to AWS a function crashes', async () => {
    const play = async (crash?: Crash): Promise<Chain> => {
      const chain = chainOf({ a: 1 });
      chain.world.crash = crash;
      await chain.world.pull('personas', 'first');
      chain.items = { a: 1, b: 1 };
      await chain.world.pull('personas', 'second');
      return chain;
    };
    const whole = await play();
    expect(whole.compared()).toEqual(['a1*', 'a1 b1*']);
    for (let atCall = 1; atCall <= whole.world.awsCalls; atCall += 1) {
      for (const when of ['before', 'after'] as const) {
        const { compared, world } = await play({ atCall, when });
        expect({ atCall, when, compared: compared(), letters: world.deadLetters }).toEqual({
          atCall,
          when,
          compared: whole.compared(),
          letters: [],
        });
      }
    }
  });
});
