import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type BuildFailure, type BuildResult, buildSync } from 'esbuild';
import { type SourceName, sourceNames } from '../../functions/sources/source.ts';
import { accessFileOf } from './accessFileOf.ts';
import { modulePath, projectRoot } from './projectRoot.ts';

/** esbuild could not compile a file. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
}

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Absolute path of the entry. */
  readonly entry: string;
  /** Absolute path of the file with the triggers. Every import of `#triggers` gets it, and of `#access` its `access.ts`. */
  readonly triggersFile: string;
  /** The sources whose code is needed; the others are left out. @default all of them */
  readonly sources?: ReadonlySet<SourceName>;
  /** Absolute path of the module, which ends with `.mjs`. */
  readonly outfile: string;
  /** Whether what our files or the user's import with `import()` becomes modules of its own, beside it. @default false */
  readonly mayBeSplit?: boolean;
  /** `external`: a second output file, without a link to it in the code. */
  readonly sourcemap: 'external' | 'inline';
}

/** esbuild's result in memory. */
export type Compiled = BuildResult<{ write: false; metafile: true }>;

/**
 * Compiles one entry, with everything it imports, to a minified ECMAScript module for Node.js 24, or to several.
 *
 * - `mainFields` prefers the packages' ESM builds, because esbuild can remove unused code only from those. That makes
 *   the bundle a third smaller.
 * - The SDK's default credential chain (140 KB, 22 ms at every cold start) is replaced by a provider that reads the
 *   environment variables, where Lambda always puts the credentials.
 * - The sources that no trigger names are replaced by a function that throws.
 * - The SDK's event streams (20 KB) and endpoint discovery (8 KB) are left out, because no operation here uses them.
 *
 * @throws CompileError with file, line and column of each error
 */
export function compile(options: CompileOptions): Compiled {
  const compiled = run(options);
  const banner = needsRequire(compiled) ? createRequireBanner : '';
  const splitting = options.mayBeSplit === true && loadsLater(compiled, options.entry);
  return splitting || banner !== '' ? run(options, { banner, splitting }) : compiled;
}

/** Some CommonJS packages load Node modules with `require`, which does not exist in an ECMAScript module. */
const createRequireBanner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

function needsRequire({ metafile }: Compiled): boolean {
  return Object.values(metafile.outputs).some((output) =>
    output.imports.some((imported) => imported.external === true && imported.kind === 'require-call'),
  );
}

/** What a triggers file imports is the code that the functions have. */
const aliasesOfPackage = {
  'mavera-triggers': modulePath('functions/index.ts'),
  ...Object.fromEntries(
    sourceNames.map((name) => [
      `mavera-triggers/${name}`,
      modulePath(`functions/sources/${name}/signRequest.ts`),
    ]),
  ),
};

/** The directories in which Node.js finds the dependencies of this package. A strict layout has them beside the package. */
const ownDependencies: readonly string[] =
  createRequire(join(projectRoot, 'package.json')).resolve.paths('zod') ?? [];

/** Whether the entry, or a module of ours, imports another one with `import()`. Packages do it here and there. */
function loadsLater({ metafile }: Compiled, entry: string): boolean {
  return Object.entries(metafile.inputs).some(([path, { imports }]) => {
    const isOurs = !path.startsWith('..') && !path.includes('node_modules/');
    const isMeant = isOurs || resolve(projectRoot, path) === entry;
    return isMeant && imports.some(({ kind, external }) => kind === 'dynamic-import' && external !== true);
  });
}

/** A source that no trigger names costs neither bytes nor time at a cold start. */
function aliasesOfSources(sources: ReadonlySet<SourceName> = new Set(sourceNames)): Record<string, string> {
  const fileOf = (name: SourceName): string => (sources.has(name) ? `${name}/source.ts` : 'closedSource.ts');
  return Object.fromEntries(
    sourceNames.map((name) => [`#sources/${name}`, modulePath(`functions/sources/${fileOf(name)}`)]),
  );
}

function run(options: CompileOptions, { banner = '', splitting = false } = {}): Compiled {
  const { entry, triggersFile, sources, outfile, sourcemap } = options;
  const extension = extname(outfile);
  try {
    return buildSync({
      absWorkingDir: projectRoot,
      entryPoints: [{ in: entry, out: basename(outfile, extension) }],
      outdir: dirname(outfile),
      outExtension: { '.js': extension },
      splitting,
      alias: {
        ...aliasesOfSources(sources),
        '#triggers': triggersFile,
        '#access': accessFileOf(triggersFile) ?? modulePath('functions/access/noAccess.ts'),
        ...aliasesOfPackage,
        '@aws-sdk/credential-provider-node': modulePath('functions/aws/environmentCredentials.ts'),
        '@aws-sdk/middleware-endpoint-discovery': modulePath('functions/aws/noEndpointDiscovery.ts'),
        '@smithy/core/event-streams': modulePath('functions/aws/noEventStreams.ts'),
      },
      banner: { js: banner },
      bundle: true,
      charset: 'utf8',
      format: 'esm',
      legalComments: 'none',
      logLevel: 'silent',
      mainFields: ['module', 'main'],
      metafile: true,
      minify: true,
      // A triggers file anywhere may import the packages that this one depends on, such as zod.
      nodePaths: [...ownDependencies],
      platform: 'node',
      sourcemap,
      target: 'node24',
      treeShaking: true,
      write: false,
    });
  } catch (error) {
    throw isBuildFailure(error) ? new CompileError(describe(error), { cause: error }) : error;
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function describe({ errors }: BuildFailure): string {
  return errors
    .map(({ location, text }) =>
      location === null
        ? text
        : `${fileName(location.file)}:${location.line}:${location.column + 1}: ${text}`,
    )
    .join('; ');
}

/** Relative to the project; absolute for a file outside the project. */
function fileName(file: string): string {
  return file.startsWith('..') ? resolve(projectRoot, file) : file;
}
