import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The lines of `SHA256SUMS`, as `sha256sum --check` reads them. */
export function checksumLines(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): string {
  return files
    .map(({ name, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`)
    .join('');
}

/** Writes `SHA256SUMS` beside the files of a release. */
export function writeChecksums(directory: string, names: readonly string[]): void {
  const files = names.map((name) => ({ name, bytes: readFileSync(join(directory, name)) }));
  writeFileSync(join(directory, 'SHA256SUMS'), checksumLines(files));
}

/** The size of a file for people, such as `612 KB`. */
export function sizeOf(directory: string, name: string): string {
  return `${Math.ceil(statSync(join(directory, name)).size / 1024)} KB`;
}
