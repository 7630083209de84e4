import { BenchError } from '../benchError.ts';

const block = /<!-- bench:([a-z]+) -->\n[\s\S]*?<!-- \/bench:\1 -->/g;

/**
 * Puts each block between its markers, `<!-- bench:name -->` and `<!-- /bench:name -->`; what stands around them stays.
 *
 * @throws BenchError for a block without markers, and for markers without a block
 */
export function replaceBlocks(markdown: string, blocks: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(blocks));
  const replaced = markdown.replace(block, (_found, name: string) => {
    const content = blocks[name];
    if (content === undefined) {
      throw new BenchError(`docs/performance.md has markers for ${name}, which the bench does not measure`);
    }
    missing.delete(name);
    return `<!-- bench:${name} -->\n\n${content}\n\n<!-- /bench:${name} -->`;
  });
  if (missing.size > 0) {
    throw new BenchError(`docs/performance.md has no markers for ${[...missing].join(', ')}`);
  }
  return replaced;
}
