import type { Readable } from 'node:stream';

/**
 * Passes on each line of a stream of UTF-8 text, also a last one without `\n`. Only `\n` ends a line: `node:readline`
 * would also break a JSON log line at a U+2028 in a string.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      onLine(line);
    }
  });
  stream.on('end', () => {
    if (rest !== '') {
      onLine(rest);
    }
  });
}
