import { describe, expect, it } from 'vitest';
import { replaceBlocks } from '../../lab/document/replaceBlocks.ts';

const markdown = 'before\n<!-- bench:one -->\nold\n<!-- /bench:one -->\nafter <!-- prove:two -->\n';

function replaced(text: string, blocks: Readonly<Record<string, string>>): string {
  return replaceBlocks({ path: 'docs/page.md', markdown: text, writer: 'bench' }, blocks);
}

describe('the text between markers', () => {
  it('the text between markers is replaced, and the text around them stays', () => {
    const page = replaced(markdown, { one: '$& new' });
    expect(page).toBe(
      'before\n<!-- bench:one -->\n\n$& new\n\n<!-- /bench:one -->\nafter <!-- prove:two -->\n',
    );
    expect(replaced(page, { one: '$& new' })).toBe(page);
  });

  it('every block needs markers, and all markers need a block', () => {
    expect(() => replaced(markdown, { one: '1', two: '2' })).toThrow('add <!-- bench:two -->');
    expect(() => replaced(markdown, {})).toThrow('markers for one');
  });
});
