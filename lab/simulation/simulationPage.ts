import { readFile, writeFile } from 'node:fs/promises';
import { markdownTable } from '../bench/document/markdownTable.ts';
import { replaceBlocks } from '../document/replaceBlocks.ts';
import type { FinishedScenario } from './runScenarios.ts';
import type { Figure, Scenario } from './scenarios/scenario.ts';

/** What scenarios have shown, by name. */
export type SimulationResults = Readonly<Record<string, StoredResult>>;

/** One of them. */
export interface StoredResult {
  readonly simulatedOn: string;
  readonly seed: number;
  readonly figures: readonly Figure[];
}

export const resultsPath = 'lab/simulation/results.json';
export const pagePath = 'docs/performance.md';

/**
 * Puts new results in place of the stored ones of their scenarios, and all figures into docs/performance.md.
 *
 * @throws LabError if the page has no markers for them
 */
export async function writeSimulationPage(
  all: readonly Scenario[],
  finished: readonly FinishedScenario[],
  seed: number,
  now: Date,
): Promise<void> {
  const stored = JSON.parse(await readFile(resultsPath, 'utf8')) as SimulationResults;
  const simulatedOn = now.toISOString().slice(0, 10);
  const fresh = finished.map(
    ({ scenario, result: { figures } }) => [scenario.name, { simulatedOn, seed, figures }] as const,
  );
  const results = { ...stored, ...Object.fromEntries(fresh) };
  await writeFile(resultsPath, `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(pagePath, withFigures(await readFile(pagePath, 'utf8'), all, results));
}

/** The page with the figures of all scenarios that have results. */
export function withFigures(markdown: string, all: readonly Scenario[], results: SimulationResults): string {
  return replaceBlocks(
    { path: pagePath, markdown, writer: 'simulate' },
    { figures: figuresTable(all, results) },
  );
}

/** A row for each figure; a scenario is described in its first one. */
function figuresTable(all: readonly Scenario[], results: SimulationResults): string {
  const rows = all.flatMap(({ name: scenario, description }) =>
    (results[scenario]?.figures ?? []).map(({ name, value, must = '' }, index) => [
      index === 0 ? `\`${scenario}\`: ${description}` : '',
      name,
      value,
      must,
    ]),
  );
  return markdownTable(['scenario', 'figure', 'value', 'must be'], rows);
}
