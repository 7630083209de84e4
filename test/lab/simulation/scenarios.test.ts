import { expect, it } from 'vitest';
import { shortScenarios } from '../../../lab/simulation/scenarios/scenarios.ts';

const seed = 1;

it.each(shortScenarios)('on simulated time, $name holds: $description', async (scenario) => {
  const { failures } = await scenario.run({ seed, progress: () => undefined });
  expect(failures, `seed ${seed}`).toEqual([]);
});
