import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { type FinishedProof, summaryTable } from './summaryTable.ts';

const page = 'docs/reliability.md';
const begins = '<!-- figures of npm run prove -- --write -->';
const ends = '<!-- end of figures -->';

/**
 * Puts what was found into docs/reliability.md, between its two marks.
 *
 * @throws Error when the page has no such marks
 */
export async function writeReliabilityPage(finished: readonly FinishedProof[], now: Date): Promise<void> {
  const text = await readFile(page, 'utf8');
  const from = text.indexOf(begins);
  const to = text.indexOf(ends);
  if (from === -1 || to < from) {
    throw new Error(`${page} has no place for the figures: put "${begins}" and "${ends}" there.`);
  }
  await writeFile(
    page,
    `${text.slice(0, from + begins.length)}\n${figures(finished, now)}\n${text.slice(to)}`,
  );
}

/** The machine and the date, the table of all proofs, and each one's own. */
export function figures(finished: readonly FinishedProof[], now: Date): string {
  const blocks = finished.map(
    ({ name, result }) => `### ${name}\n\n\`\`\`text\n${result.table.trimEnd()}\n\`\`\``,
  );
  return [
    `\n${now.toISOString().slice(0, 10)}, ${machine()}:\n`,
    `\`\`\`text\n${summaryTable(finished)}\n\`\`\``,
    '',
    ...blocks.flatMap((block) => [block, '']),
  ].join('\n');
}

function machine(): string {
  const processors = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${processors.length} cores (${processors[0]?.model.trim()}), ${gigabytes} GB, Node.js ${process.versions.node}`;
}
