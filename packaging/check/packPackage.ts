import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { CheckError } from './checkError.ts';
import { runCommand } from './runCommand.ts';
import { unexpectedFiles } from './unexpectedFiles.ts';

/** The package, as `npm publish` would send it. */
export interface Packed {
  /** Absolute path. */
  readonly tarball: string;
  readonly bytes: number;
  /** Paths in the package, sorted. */
  readonly files: readonly string[];
}

const mostBytes = 1_000_000;

const packed = z.object({
  filename: z.string(),
  size: z.number(),
  files: z.array(z.object({ path: z.string() })),
});

/** npm 11 lists the packages; npm 12 has them by their name. */
const packOutput = z.union([
  z.array(packed),
  z.record(z.string(), packed).transform(Object.values<z.output<typeof packed>>),
]);

/**
 * Packs a working copy of the repository. npm runs `prepare` first, which builds.
 *
 * @param directory for the tarball
 * @param from the working copy
 * @throws CheckError if it does not build, is too large, or contains what it should not
 */
export async function packPackage(directory: string, from: string = projectRoot): Promise<Packed> {
  const args = ['pack', '--json', '--pack-destination', directory];
  const { stdout } = await runCommand('npm', args, { cwd: from });
  const json = stdout.slice(stdout.search(/^[[{]/m));
  const [made] = packOutput.parse(JSON.parse(json));
  if (made === undefined) {
    throw new CheckError(`npm pack names no tarball: ${stdout}`);
  }
  const files = made.files.map(({ path }) => path).sort();
  checkContents(files, made.size);
  return { tarball: join(directory, made.filename), bytes: made.size, files };
}

function checkContents(files: readonly string[], bytes: number): void {
  if (bytes > mostBytes) {
    throw new CheckError(`the tarball has ${bytes} bytes, and ${mostBytes} are the most it may have`);
  }
  const unexpected = unexpectedFiles(files);
  if (unexpected.length > 0) {
    throw new CheckError(
      `the tarball contains ${unexpected.length} files that do not belong in it: ${unexpected.slice(0, 20).join(', ')}. ` +
        'Change "files" of package.json, or packaging/check/unexpectedFiles.ts.',
    );
  }
  const missing = entryFiles().filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new CheckError(`package.json names files that the tarball does not have: ${missing.join(', ')}`);
  }
}

const manifest = z.object({
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
});

/** The files by which a user reaches the package. */
function entryFiles(): readonly string[] {
  const { bin, exports } = manifest.parse(
    JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')),
  );
  const ofExports = Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : [entry.types, entry.default],
  );
  return [...Object.values(bin), ...ofExports].map((path) => path.replace(/^\.\//, ''));
}
