import { describe, expect, it } from 'vitest';
import { inTurns } from '../../../lab/bench/measure/inTurns.ts';

describe('measuring in turns', () => {
  it('measuring in turns goes back and forth, one subject at a time', async () => {
    const order: string[] = [];
    const results = await inTurns({ a: 1, b: 2, c: 3 }, 3, async (subject, name) => {
      order.push(name);
      await Promise.resolve();
      return subject * 10 + order.length;
    });
    expect(order.join('')).toBe('abccbaabc');
    expect(results).toEqual({ a: [11, 16, 17], b: [22, 25, 28], c: [33, 34, 39] });
  });
});
