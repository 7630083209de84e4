/**
 * `npm run check:package`: proves that the package works where it is installed. It packs, installs into empty apps, and uses every
 * entry and command there. Each step is a line with its seconds; the exit code is 0 only if all of them hold.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { projectRoot } from '../infra/bundling/projectRoot.ts';
import { checkApp } from './check/checkApp.ts';
import { checkClone } from './check/checkClone.ts';
import { CheckError } from './check/checkError.ts';
import { installOldestNode } from './check/installNode.ts';
import { layouts } from './check/layouts.ts';
import { packPackage } from './check/packPackage.ts';

const parts = [...layouts, 'git'] as const;
type Part = (typeof parts)[number];

const { only = parts } = new Command('npm run check:package')
  .description('Packs the package, installs it as users do, and checks that all of it works.')
  .addOption(new Option('--only <part...>', 'only these installations').choices(parts))
  .parse()
  .opts<{ readonly only?: readonly Part[] }>();

const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-package-'));
const startedAtMs = Date.now();
try {
  await check();
  console.log(`The package works. ${seconds(startedAtMs)} s`);
} catch (error) {
  if (!(error instanceof CheckError)) {
    throw error;
  }
  console.error(`The package does not work: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function check(): Promise<void> {
  const packed = await step('pack', () => packPackage(directory));
  console.log(`${packed.files.length} files, ${(packed.bytes / 1000).toFixed(0)} kB`);
  const installed = layouts.filter((layout) => only.includes(layout));
  if (installed.length > 0) {
    const oldestNode = await step('the oldest Node.js', () => installOldestNode(join(directory, 'node')));
    for (const layout of installed) {
      const app = join(directory, layout);
      await checkApp({ layout, app, tarball: packed.tarball, version: version(), oldestNode, step });
      rmSync(app, { recursive: true, force: true });
    }
  }
  if (only.includes('git')) {
    await step('git: a clone packs the same files', () => checkClone(join(directory, 'clone'), packed));
  }
}

/** Prints what is done, and then how long it took. */
async function step<Result>(title: string, run: () => Promise<Result>): Promise<Result> {
  const begunAtMs = Date.now();
  const result = await run();
  console.log(`${title}: ${seconds(begunAtMs)} s`);
  return result;
}

function seconds(sinceMs: number): string {
  return ((Date.now() - sinceMs) / 1000).toFixed(1);
}

function version(): string {
  const { version: current } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return current;
}
