import { describe, expect, it } from 'vitest';
import { lastResultKey, pulledItemId, seenKey } from '../../../functions/ledger/keys.ts';
import { redriveNonce } from '../../../functions/ledger/runs.ts';
import { definePull } from '../../../functions/pulls/definePull.ts';
import type { Pull } from '../../../functions/pulls/pull.ts';
import { writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { askMave, createPersona } from '../../../functions/triggers/actions.ts';
import { trigger } from '../../../functions/triggers/defineTrigger.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { ChainWorld, type Crash } from './chainWorld.ts';

/** What the pull finds: the version of each item. */
type Items = Readonly<Record<string, number>>;

type Properties = { readonly name: string; readonly version: number };

/** A pull of items that the test changes, two a step. */
function itemsOf(chain: { readonly items: Items; readonly failsFrom: number }): Pull<Properties> {
  return definePull({
    kind: 'items',
    source: 'segment',
    operations: [],
    start: { from: 0 },
    step: ({ from }: { readonly from: number }) => {
      const found = Object.entries(chain.items);
      if (from >= chain.failsFrom) {
        throw new Error('the page is broken');
      }
      return {
        events: found.slice(from, from + 2).map(([name, version]) => ({
          item: name,
          event: 'Item Pulled',
          properties: { name, version },
        })),
        next: from + 2 < found.length ? { from: from + 2 } : undefined,
      };
    },
  });
}

/** Changes of the triggers, by name. */
type Changes = Readonly<Partial<Record<'personas' | 'told' | 'comparison', Partial<Trigger>>>>;

/** A persona of each item, another one of its result, and a comparison of those. */
class Chain {
  items: Items;
  /** The pull fails from this item on. */
  failsFrom = Number.POSITIVE_INFINITY;
  readonly world: ChainWorld;

  constructor(items: Items, changes: Changes = {}) {
    this.items = items;
    this.world = new ChainWorld(this.#triggers(changes));
  }

  deploy(changes: Changes): void {
    this.world.deploy(this.#triggers(changes));
  }

  /** Takes an occurrence of the pull to its end, and all that follows from it. */
  async pull(occurrence: string, items: Items = this.items): Promise<void> {
    this.items = items;
    await this.world.pull('personas', occurrence);
  }

  /** Makes a run of a trigger again, as an operator does: the first or the last one that is done. */
  async redrive(name: string, index: 0 | -1 = 0): Promise<void> {
    const { runner, handled, nowMs } = this.world;
    const done = handled.filter(({ run, outcome }) => run?.trigger === name && outcome === 'done');
    const { run } = done.at(index) ?? {};
    const { finishedAtMs = 0 } = (await runner.runs.readEnd(run?.runId ?? '')) ?? {};
    if (run === undefined) {
      throw new Error(`No run of ${name} is done`);
    }
    const again = {
      ...run,
      notBeforeMs: undefined,
      slotAtMs: undefined,
      deadlineAtMs: nowMs + 4 * 86_400_000,
    };
    this.world.send('intake', writeRunMessage({ ...again, redrive: redriveNonce(finishedAtMs) }));
  }

  /** What was compared, in the order in which Mavera was asked: `a1` is unchanged, `a2*` is new. Sorted by name. */
  get compared(): readonly string[] {
    return this.world.mavera.calls.flatMap(({ subject }) => {
      const [, shown] = /^Compare ([^\n[]*)/.exec(subject ?? '') ?? [];
      return shown === undefined ? [] : shown.trim().split(' ').sort().join(' ');
    });
  }

  #triggers(changes: Changes): readonly Trigger[] {
    const personas = trigger(
      { name: 'personas', from: itemsOf(this), every: '1d' },
      createPersona(({ event: { properties } }) => ({ name: `${properties.name}${properties.version}` })),
    );
    const told = trigger(
      { name: 'told', after: personas },
      createPersona(({ result }) => ({ name: `${result.name} told` })),
    );
    const comparison = trigger(
      { name: 'comparison', after: told, collect: { within: '6h' } },
      askMave(({ events, results }) => {
        const shown = results.map(({ name = '', isNew }, index) => {
          const { name: item, version } = events[index]?.properties ?? {};
          const [persona] = name.split(' ');
          return persona === `${item}${version}` ? `${persona}${isNew ? '*' : ''}` : `${persona} of ${item}`;
        });
        return { message: `Compare ${shown.join(' ')}` };
      }),
    );
    return [personas, told, comparison].map(
      (one) => ({ ...one, ...changes[one.name as keyof Changes] }) as Trigger,
    );
  }
}

describe('a trigger that collects after a chain that a pull began', () => {
  it('compares all items that the pull sees, those that did not change included', async () => {
    const chain = new Chain({ a: 1, b: 1, c: 1 });
    await chain.pull('first');
    await chain.pull('second', { a: 1, b: 2, c: 1 });
    await chain.pull('third', { b: 2, c: 3, d: 1 });
    expect(chain.compared).toEqual(['a1* b1* c1*', 'a1 b2* c1', 'b2 c3* d1*']);
    expect(chain.world.deadLetters).toEqual([]);
  });

  it('compares nothing as long as nothing changes', async () => {
    const chain = new Chain({ a: 1 });
    await chain.pull('first');
    await chain.pull('second');
    expect(chain.compared).toEqual(['a1*']);
  });

  it('compares each item once and loses none, at whichever call to AWS a function crashes', async () => {
    const play = async (crash?: Crash): Promise<Chain> => {
      const chain = new Chain({ a: 1 });
      chain.world.crash = crash;
      await chain.pull('first');
      await chain.pull('second', { a: 1, b: 1 });
      return chain;
    };
    const whole = await play();
    expect(whole.compared).toEqual(['a1*', 'a1 b1*']);
    for (let atCall = 1; atCall <= whole.world.awsCalls; atCall += 1) {
      for (const when of ['before', 'after'] as const) {
        const { compared, world } = await play({ atCall, when });
        expect({ atCall, when, compared, letters: world.deadLetters }).toEqual({
          atCall,
          when,
          compared: whole.compared,
          letters: [],
        });
      }
    }
  });

  it('gives unchanged items first, and an item that it compares again in its last state', async () => {
    const order: string[] = [];
    const chain = new Chain(
      { z: 1 },
      {
        comparison: {
          run: askMave(({ event, events }) => {
            order.push(`${events.map(({ properties }) => properties.name)} then ${event.properties.name}`);
            return { message: 'Compare' };
          }),
        },
      },
    );
    await chain.pull('first');
    chain.world.nowMs += 86_400_000;
    await chain.pull('second', { a: 1, z: 1 });
    expect(order.at(-1)).toBe('z,a then a');
  });

  it('compares what was collected before with what is collected later of the same occurrence', async () => {
    const chain = new Chain(
      { a: 1, b: 1, c: 1, d: 1 },
      { comparison: { collect: { count: 2, within: '6h' } } },
    );
    await chain.pull('first');
    expect(chain.compared).toEqual(['a1* b1*', 'a1 b1 c1* d1*']);
  });

  it('gives an item that changes twice before the comparison once, in its newest state', async () => {
    const chain = new Chain({ a: 1 }, { comparison: { collect: { within: '3d' } } });
    chain.world.start('personas', 'first');
    await chain.world.finish(chain.world.nowMs + 86_400_000);
    chain.items = { a: 2 };
    chain.world.start('personas', 'second');
    await chain.world.finish();
    expect(chain.compared).toEqual(['a2*']);
  });

  it('keeps the last result of an item whose newer run fails or is skipped', async () => {
    const failing = createPersona(() => {
      throw new Error('no');
    });
    for (const told of [{ run: failing }, { sample: 0.000_001 }]) {
      const chain = new Chain({ a: 1, b: 1 });
      await chain.pull('first');
      chain.deploy({ told });
      await chain.pull('second', { a: 2, b: 1 });
      chain.deploy({});
      await chain.pull('third', { a: 2, b: 2 });
      expect(chain.compared.at(-1)).toBe('a1 b2*');
    }
  });

  it('compares no item whose newest result its `only` does not want', async () => {
    const chain = new Chain(
      { a: 1, b: 1, c: 1 },
      { comparison: { only: ({ event }) => event.properties.version !== 2 } },
    );
    await chain.pull('first');
    await chain.pull('second', { a: 2, b: 1, c: 3 });
    expect(chain.compared).toEqual(['a1* b1* c1*', 'b1 c3*']);
    await chain.pull('third', { a: 3, b: 1, c: 3 });
    expect(chain.compared.at(-1)).toBe('a3* b1 c3');
  });

  it('tells `only` that its result is new', async () => {
    const given: unknown[] = [];
    const chain = new Chain(
      { a: 1 },
      {
        comparison: {
          only: (context) => {
            given.push((context as unknown as { readonly results: readonly unknown[] }).results);
            return true;
          },
        },
      },
    );
    await chain.pull('first');
    expect(given[0]).toEqual([expect.objectContaining({ name: 'a1 told', isNew: true })]);
  });

  it('compares items of the same key alone', async () => {
    const per = ({ properties }: { readonly properties: Readonly<Record<string, unknown>> }): string =>
      properties.name === 'a' && properties.version === 2 ? 'moved' : String(properties.name === 'c');
    const chain = new Chain({ a: 1, b: 1, c: 1 }, { comparison: { collect: { per, within: '6h' } } });
    await chain.pull('first');
    expect(chain.compared.toSorted()).toEqual(['a1* b1*', 'c1*']);
    await chain.pull('second', { a: 2, b: 2, c: 1 });
    expect(chain.compared.slice(2).toSorted()).toEqual(['a2*', 'b2*']);
  });

  it('leaves out items that the filter of the pull does not want any more, and keeps those beyond `atMost`', async () => {
    const chain = new Chain({ a: 1, b: 1, c: 1 });
    await chain.pull('first');
    chain.deploy({ personas: { when: 'properties.name != "a"', atMost: { runs: 1 } } });
    await chain.pull('second', { a: 1, b: 2, c: 2 });
    expect(chain.compared.at(-1)).toBe('b2* c1');
  });

  it('keeps items that an occurrence has not reached, because it is at work or has failed', async () => {
    const chain = new Chain({ a: 1, b: 1, c: 1, d: 1 });
    await chain.pull('first');
    chain.failsFrom = 2;
    await chain.pull('second', { a: 2, b: 1, c: 1, d: 1 });
    chain.failsFrom = Number.POSITIVE_INFINITY;
    expect(chain.compared.at(-1)).toBe('a2* b1 c1 d1');
    await chain.pull('third', { a: 2, b: 2 });
    expect(chain.compared.at(-1)).toBe('a2 b2*');
  });

  it('compares an item again whose run is redriven', async () => {
    const chain = new Chain({ a: 1, b: 1 });
    await chain.pull('first');
    await chain.redrive('told');
    await chain.world.finish();
    expect(chain.compared).toEqual(['a1* b1*', 'a1* b1']);
  });

  it('makes the same comparison again when its run is redriven, with what is unchanged by then', async () => {
    const chain = new Chain({ a: 1, b: 1 });
    await chain.pull('first');
    await chain.pull('second', { a: 2, b: 1 });
    await chain.redrive('comparison', -1);
    await chain.world.finish();
    expect(chain.compared).toEqual(['a1* b1*', 'a2* b1', 'a2* b1']);
  });

  it('does not replace the result of a newer event by that of an older one', async () => {
    const chain = new Chain({ a: 1, b: 1 });
    await chain.pull('first');
    chain.world.nowMs += 86_400_000;
    await chain.pull('second', { a: 2, b: 1 });
    await chain.redrive('told');
    await chain.world.finish();
    await chain.pull('third', { a: 2, b: 3 });
    expect(chain.compared.slice(1)).toEqual(['a2* b1', 'a1* b1', 'a2 b3*']);
  });

  it('goes on when a trigger of the chain is renamed while a comparison waits', async () => {
    const chain = new Chain({ a: 1, b: 1 });
    await chain.pull('first');
    chain.world.start('personas', 'second');
    chain.items = { a: 2, b: 1 };
    await chain.world.finish(chain.world.nowMs + 60_000);
    chain.deploy({ told: { name: 'renamed' }, comparison: { after: { name: 'renamed' } as Trigger } });
    await chain.world.finish();
    expect(chain.compared).toEqual(['a1* b1*', 'a2* b1']);
  });

  it('compares what an older puller queued, as new', async () => {
    const chain = new Chain({ a: 1 });
    chain.world.start('personas', 'first');
    await chain.world.finish(chain.world.nowMs);
    const queued = chain.world.waiting.splice(0);
    for (const { queue, body } of queued) {
      chain.world.send(queue, JSON.stringify({ ...JSON.parse(body), pulledItem: undefined }));
    }
    await chain.world.finish();
    expect(chain.compared).toEqual(['a1*']);
    expect(chain.world.deadLetters).toEqual([]);
  });
});

describe('the last results of items', () => {
  it('are found by trigger and item, expire, and are kept longer while the pull sees the item', async () => {
    const chain = new Chain({ a: 1 });
    await chain.pull('first');
    const key = lastResultKey('comparison', pulledItemId('personas', 'a'));
    const kept = await chain.world.ledger.readOne(key);
    expect(JSON.parse(kept?.event?.S ?? '')).toMatchObject({
      event: { properties: { name: 'a', version: 1 } },
      result: { name: 'a1 told' },
    });
    chain.world.nowMs += 30 * 86_400_000;
    await chain.pull('second');
    const renewed = await chain.world.ledger.readOne(key);
    expect(Number(renewed?.expiresAt?.N)).toBeGreaterThan(Number(kept?.expiresAt?.N) + 29 * 86_400);
    expect(renewed).toEqual({ ...kept, expiresAt: renewed?.expiresAt });
  });

  it('are not kept where events began the chain, or where nothing is collected', async () => {
    const chain = new Chain({ a: 1 }, { comparison: { collect: undefined } as never });
    await chain.pull('first');
    const item = pulledItemId('personas', 'a');
    expect(await chain.world.ledger.readOne(lastResultKey('comparison', item))).toBeUndefined();
    expect(await chain.world.ledger.readOne(seenKey('personas', 'first'))).toBeUndefined();
  });
});
