import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InvalidEventsError, parseEvents, readEvents } from '../../../simulators/segment/readEvents.ts';

describe('the lines of an events file', () => {
  it('are events and batches with their line numbers; blank lines are ignored', () => {
    const text = '{"type":"track"}\n\n  \r\n[{"type":"page"},null]\r\n{"type":"alias"}';
    expect(parseEvents(text, 'a.ndjson')).toEqual([
      { file: 'a.ndjson', line: 1, payload: { type: 'track' } },
      { file: 'a.ndjson', line: 4, payload: [{ type: 'page' }, null] },
      { file: 'a.ndjson', line: 5, payload: { type: 'alias' } },
    ]);
  });

  it('do not end at U+2028, and may begin with a byte order mark', () => {
    expect(parseEvents('\uFEFF{"note":"one\u2028two"}\n', 'a.ndjson')).toEqual([
      { file: 'a.ndjson', line: 1, payload: { note: 'one\u2028two' } },
    ]);
  });

  it.each([
    ['what is not JSON', '{"email":"dana@example.com"', 'a.ndjson:2 is not valid JSON'],
    ['a string', '"track"', 'a.ndjson:2 is not an event'],
    ['a number', '7', 'a.ndjson:2 is not an event'],
    ['null', 'null', 'a.ndjson:2 is not an event'],
    ['a batch of strings', '["dana@example.com"]', 'a.ndjson:2 is not an event'],
    ['a batch of batches', '[[{}]]', 'a.ndjson:2 is not an event'],
  ])('cannot be %s: the error names file and line, but not the content', (_what, line, message) => {
    const parse = (): unknown => parseEvents(`{}\n${line}\n`, 'a.ndjson');
    expect(parse).toThrow(InvalidEventsError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow('dana');
  });
});

describe('reading events files', () => {
  async function useFiles(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'events-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text);
    }
    return folder;
  }

  it('accepts paths and globs, sorted within a glob, each file once', async () => {
    const folder = await useFiles({
      'b.ndjson': '{"n":2}',
      'a.ndjson': '{"n":1}',
      'c.txt': 'no events',
      'z[1].ndjson': '{"n":3}',
    });
    const lines = await readEvents(
      join(folder, 'z[1].ndjson'),
      join(folder, '*.ndjson'),
      join(folder, 'a.ndjson'),
    );
    expect(lines).toEqual([
      { file: join(folder, 'z[1].ndjson'), line: 1, payload: { n: 3 } },
      { file: join(folder, 'a.ndjson'), line: 1, payload: { n: 1 } },
      { file: join(folder, 'b.ndjson'), line: 1, payload: { n: 2 } },
    ]);
  });

  it('refuses a folder, with what to give instead', async () => {
    await expect(readEvents('examples')).rejects.toThrow(
      'examples is a folder: give its files, such as examples/*.ndjson.',
    );
  });

  it('refuses a pattern without a file', async () => {
    const folder = await useFiles({});
    await expect(readEvents(join(folder, '*.ndjson'))).rejects.toThrow('No file matches');
    await expect(readEvents(join(folder, 'gone.ndjson'))).rejects.toThrow('gone.ndjson');
  });
});
