import { readFile, writeFile } from 'node:fs/promises';
import { markdownTable } from '../bench/document/markdownTable.ts';
import { replaceBlocks } from '../document/replaceBlocks.ts';
import type { FinishedScenario } from './runScenarios.ts';

const path = 'docs/performance.md';

/**
 * Writes the figures into docs/performance.md, between its markers.
 *
 * @throws LabError if the page has no such markers
 */
export async function writeSimulationPage(
  finished: readonly FinishedScenario[],
  seed: number,
): Promise<void> {
  const markdown = await readFile(path, 'utf8');
  const figures = `Seed ${seed}:\n\n${figuresTable(finished)}`;
  await writeFile(path, replaceBlocks({ path, markdown, writer: 'simulate' }, { figures }));
}

/** A row for each figure; a scenario is described in its first one. */
export function figuresTable(finished: readonly FinishedScenario[]): string {
  const rows = finished.flatMap(({ scenario, result: { figures } }) =>
    figures.map(({ name, value, must = '' }, index) => [
      index === 0 ? `**${scenario.name}**: ${scenario.description}` : '',
      name,
      value,
      must,
    ]),
  );
  return markdownTable(['scenario', 'figure', 'value', 'must be'], rows);
}
