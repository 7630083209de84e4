import { expect, it } from 'vitest';
import { floodKinds } from '../../../lab/prove/floods/floodKinds.ts';
import { floods } from '../../../lab/prove/floods/floods.ts';

it('in the short form every kind of flood is answered as documented, and no good event is lost', async () => {
  const steps: string[] = [];
  const { table, counts, failures } = await floods.run({
    progress: (step) => steps.push(step),
    isShort: true,
    seed: 7,
  });
  expect(failures).toEqual([]);
  expect(counts).toMatchObject({ 'floods held': floodKinds.length, lost: 0, twice: 0 });
  expect(counts['flood requests']).toBeGreaterThanOrEqual(floodKinds.length);
  expect(counts['events sent']).toBeGreaterThan(0);
  expect(floodKinds.filter(({ name }) => !table.includes(name))).toEqual([]);
  expect(steps).not.toEqual([]);
}, 1_800_000);
