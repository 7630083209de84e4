import { LabError } from '../labError.ts';

/** A page of Markdown with blocks for what is measured or proven. */
export interface PageWithBlocks {
  /** From the root of the project, for errors. */
  readonly path: string;
  readonly markdown: string;
  /** The first word of its markers: `bench` for `<!-- bench:name -->`. */
  readonly writer: string;
}

/**
 * Puts each block between its markers, `<!-- writer:name -->` and `<!-- /writer:name -->`. The text around them stays.
 *
 * @throws LabError for a block without markers, and for markers without a block
 */
export function replaceBlocks(
  { path, markdown, writer }: PageWithBlocks,
  blocks: Readonly<Record<string, string>>,
): string {
  const marked = new RegExp(`<!-- ${writer}:([a-z]+) -->\\n[\\s\\S]*?<!-- /${writer}:\\1 -->`, 'g');
  const missing = new Set(Object.keys(blocks));
  const replaced = markdown.replace(marked, (_found, name: string) => {
    const content = blocks[name];
    if (content === undefined) {
      throw new LabError(`${path} has markers for ${name}, but nothing writes that block`);
    }
    missing.delete(name);
    return `<!-- ${writer}:${name} -->\n\n${content}\n\n<!-- /${writer}:${name} -->`;
  });
  if (missing.size > 0) {
    const markers = [...missing].map((name) => `<!-- ${writer}:${name} --> and <!-- /${writer}:${name} -->`);
    throw new LabError(`${path} has no place for some figures: add ${markers.join(', ')}`);
  }
  return replaced;
}
