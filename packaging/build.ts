/**
 * `npm run build`: makes `dist/`, which is what the npm package contains of the code. TypeScript's own compiler writes the tree of
 * the sources as JavaScript, one file for each. A user's app bundles the functions from it, and esbuild then leaves out whole files.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../infra/bundling/projectRoot.ts';
import { reachableDeclarations } from './reachableDeclarations.ts';

const dist = join(projectRoot, 'dist');
const execute = promisify(execFile);

rmSync(dist, { recursive: true, force: true });
await Promise.all(['tsconfig.json', 'tsconfig.declarations.json'].map(compile));
removeUnreachableDeclarations();
removeMapsOfPrograms();
// It is imported by a name that the bundles of the functions give to the user's own file.
removeAll('{triggers,access}.*');
removeAll('examples/**/*.*');
copyPlainJavaScript();
chmodSync(join(dist, 'cli/mavera-triggers.js'), 0o755);

/** Runs the compiler, and ends this process if it finds errors. */
async function compile(configuration: string): Promise<void> {
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  try {
    await execute(process.execPath, [compiler, '--project', join(projectRoot, 'packaging', configuration)]);
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    console.error(`packaging/${configuration} does not compile:\n${output === '' ? String(error) : output}`);
    process.exit(1);
  }
}

/** Declarations are for the entries of the package: nobody can import the others. */
function removeUnreachableDeclarations(): void {
  const read = (file: string): string => readFileSync(join(dist, file), 'utf8');
  const reachable = reachableDeclarations(publicDeclarations(), read);
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    if (!reachable.has(file)) {
      rmSync(join(dist, file));
    }
  }
}

/** The declarations that package.json names, from `dist/`. */
function publicDeclarations(): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [] : [relative(dist, join(projectRoot, entry.types))],
  );
}

/**
 * Maps stay where users meet our code: in the bundles of their functions, their CDK app and their tests. Those of the commands and
 * of the local system would be a fifth of the package.
 */
function removeMapsOfPrograms(): void {
  for (const file of globSync('{cli,local,simulators}/**/*.js', { cwd: dist })) {
    const path = join(dist, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, ''));
    rmSync(`${path}.map`);
  }
}

function removeAll(pattern: string): void {
  for (const file of globSync(pattern, { cwd: dist })) {
    rmSync(join(dist, file));
  }
}

/** What is written in JavaScript already. */
function copyPlainJavaScript(): void {
  for (const file of globSync('{functions,infra,cli,local,simulators,testing}/**/*.mjs', {
    cwd: projectRoot,
  })) {
    const target = join(dist, file);
    if (!existsSync(target)) {
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(join(projectRoot, file), target);
    }
  }
}
