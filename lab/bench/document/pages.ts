import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceBlocks } from '../../document/replaceBlocks.ts';
import type { Results } from '../results/results.ts';
import { blocks } from './blocks.ts';
import { plots } from './plots.ts';

/** From the root of the project. */
export const performancePage = 'docs/performance.md';
export const plotsDirectory = 'docs/plots';

/** The page and its plots as they must be, by their paths from the root of the project. */
export function pages(results: Results, currentPage: string): Readonly<Record<string, string>> {
  const files = Object.entries(plots(results.measurements)).map(
    ([name, svg]) => [`${plotsDirectory}/${name}`, svg] as const,
  );
  const page = { path: performancePage, markdown: currentPage, writer: 'bench' };
  return { [performancePage]: replaceBlocks(page, blocks(results)), ...Object.fromEntries(files) };
}

/** Writes them. */
export function writePages(root: string, results: Results): void {
  const current = readFileSync(join(root, performancePage), 'utf8');
  for (const [path, content] of Object.entries(pages(results, current))) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
