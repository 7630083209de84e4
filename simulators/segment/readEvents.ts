import { glob, readFile, stat } from 'node:fs/promises';
import { isPayload, type SegmentPayload } from './payload.ts';

/** One line of an events file: the body of one request. */
export interface EventLine {
  /** Path as it was found. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly payload: SegmentPayload;
}

/** A file or a line that cannot be read; the message names both, and never shows the content. */
export class InvalidEventsError extends Error {
  override readonly name = 'InvalidEventsError';
}

/**
 * Reads NDJSON files: one event per line; a line that is an array is a batch; blank lines are ignored.
 *
 * @param patterns paths or globs; the files come in the order of the patterns, by name within each, and each
 * only once
 * @throws InvalidEventsError for a pattern without a file and for a line that is not an event
 * @example await readEvents('examples/*.ndjson')
 */
export async function readEvents(...patterns: readonly string[]): Promise<readonly EventLine[]> {
  const files = new Set<string>();
  for (const pattern of patterns) {
    for (const file of await findFiles(pattern)) {
      files.add(file);
    }
  }
  const lines: EventLine[] = [];
  for (const file of files) {
    lines.push(...parseEvents(await readFile(file, 'utf8'), file));
  }
  return lines;
}

/**
 * Reads the text of an NDJSON file.
 *
 * @param file its name in the lines and in messages
 * @throws InvalidEventsError
 */
export function parseEvents(text: string, file: string): readonly EventLine[] {
  // Not node:readline, which also breaks lines at U+2028, an ordinary character in JSON.
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((content, index) =>
    content.trim() === '' ? [] : [{ file, line: index + 1, payload: parseLine(content, file, index + 1) }],
  );
}

function parseLine(content: string, file: string, line: number): SegmentPayload {
  const value = parseJson(content);
  if (value === undefined) {
    throw new InvalidEventsError(
      `${file}:${line} is not valid JSON: write one event, or one array, per line.`,
    );
  }
  if (!isPayload(value)) {
    throw new InvalidEventsError(
      `${file}:${line} is not an event: write an object, or an array of objects (a batch), per line.`,
    );
  }
  return value;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

async function findFiles(pattern: string): Promise<readonly string[]> {
  const found = await stat(pattern).catch(() => undefined);
  if (found?.isDirectory() === true) {
    throw new InvalidEventsError(`${pattern} is a folder: give its files, such as ${pattern}/*.ndjson.`);
  }
  if (found?.isFile() === true) {
    return [pattern];
  }
  const files: string[] = [];
  for await (const file of glob(pattern)) {
    files.push(file);
  }
  if (files.length === 0) {
    throw new InvalidEventsError(`No file matches ${pattern}: check the path.`);
  }
  return files.sort();
}
