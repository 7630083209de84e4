import { readFile, writeFile } from 'node:fs/promises';
import { replaceBlocks } from '../document/replaceBlocks.ts';
import { type Machine, thisMachine } from '../machine.ts';
import { type FinishedProof, summaryTable } from './summaryTable.ts';

const path = 'docs/reliability.md';

/**
 * Writes the figures into docs/reliability.md, between its markers.
 *
 * @throws LabError if the page has no such markers
 */
export async function writeReliabilityPage(finished: readonly FinishedProof[], now: Date): Promise<void> {
  const markdown = await readFile(path, 'utf8');
  const blocks = { figures: figures(finished, now, thisMachine()) };
  await writeFile(path, replaceBlocks({ path, markdown, writer: 'prove' }, blocks));
}

/** The date and the machine, the summary of all proofs, then the table of each. */
export function figures(finished: readonly FinishedProof[], now: Date, machine: Machine): string {
  const { cores, cpu, memoryBytes, node } = machine;
  const gibibytes = Math.round(memoryBytes / 1024 ** 3);
  return [
    `${now.toISOString().slice(0, 10)}, ${cores} cores (${cpu.trim()}), ${gibibytes} GiB, Node.js ${node}:`,
    fenced(summaryTable(finished)),
    ...finished.map(({ name, result }) => `### ${name}\n\n${fenced(result.table)}`),
  ].join('\n\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
