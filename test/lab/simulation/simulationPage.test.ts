import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { scenarios } from '../../../lab/simulation/scenarios/scenarios.ts';
import {
  pagePath,
  resultsPath,
  type SimulationResults,
  withFigures,
} from '../../../lab/simulation/simulationPage.ts';

const page = readFileSync(join(projectRoot, pagePath), 'utf8');
const results = JSON.parse(readFileSync(join(projectRoot, resultsPath), 'utf8')) as SimulationResults;

describe('the figures of the simulation in docs/performance.md', () => {
  it('are those of lab/simulation/results.json', () => {
    expect(withFigures(page, scenarios, results)).toBe(page);
  });

  it('are of scenarios that exist', () => {
    const names = scenarios.map(({ name }) => name);
    expect(Object.keys(results).filter((name) => !names.includes(name))).toEqual([]);
  });
});
