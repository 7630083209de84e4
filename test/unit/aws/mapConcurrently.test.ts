import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk, mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';

describe('mapping items with a few calls at once', () => {
  it('gives the results in the order of the items', async () => {
    const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
    const mapping = mapConcurrently([0, 1, 2], 3, async (item) => {
      await gates[item]?.promise;
      return item * 10;
    });
    for (const gate of gates.toReversed()) {
      gate.resolve();
      await Promise.resolve();
    }
    expect(await mapping).toEqual([0, 10, 20]);
  });

  it('has as many calls under way as allowed and never more; each item is mapped once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 8 }),
        fc.scheduler(),
        async (items, limit, scheduler) => {
          let underWay = 0;
          let most = 0;
          const mapping = mapConcurrently(items, limit, async (item) => {
            underWay += 1;
            most = Math.max(most, underWay);
            const result = await scheduler.schedule(Promise.resolve(item + 1));
            underWay -= 1;
            return result;
          });
          const results = await scheduler.waitFor(mapping);
          expect(results).toEqual(items.map((item) => item + 1));
          expect(most).toBe(Math.min(limit, items.length));
        },
      ),
    );
  });

  it('fails as soon as one call fails', async () => {
    const failure = new Error('refused');
    const mapping = mapConcurrently([1, 2, 3], 2, async (item) => {
      if (item === 2) {
        throw failure;
      }
      return item;
    });
    await expect(mapping).rejects.toBe(failure);
  });

  it('makes no call for an empty list', async () => {
    expect(await mapConcurrently([], 3, async () => expect.unreachable())).toEqual([]);
  });
});

describe('cutting a list into pieces', () => {
  it('keeps every item in order, in chunks that are full except the last', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 30 }), (items, size) => {
        const pieces = chunk(items, size);
        expect(pieces.flat()).toEqual(items);
        expect(pieces.slice(0, -1).every((piece) => piece.length === size)).toBe(true);
        expect(pieces.every((piece) => piece.length > 0 && piece.length <= size)).toBe(true);
      }),
    );
  });

  it('gives no chunk for an empty list', () => {
    expect(chunk([], 25)).toEqual([]);
  });
});
