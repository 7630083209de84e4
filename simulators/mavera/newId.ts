import type { Random } from './seededRandom.ts';

/**
 * Makes ids of Mavera's form, a CUID of 25 characters such as `clx1abc2d0001abcdef123456`: the letter c, the time, a
 * counter, and random characters.
 */
export function idMaker(now: () => number, random: Random): () => string {
  let count = 0;
  return () => {
    count += 1;
    const time = Math.floor(now()).toString(36).padStart(8, '0').slice(-8);
    const counter = count.toString(36).padStart(4, '0').slice(-4);
    let tail = '';
    while (tail.length < 12) {
      tail += Math.floor(random() * 36).toString(36);
    }
    return `c${time}${counter}${tail}`;
  };
}
