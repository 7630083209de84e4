import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CheckError } from './checkError.ts';
import { endToEnd } from './endToEnd.ts';
import { install, type Layout } from './layouts.ts';
import { runCommand } from './runCommand.ts';
import { compareSyntheses, synthesizeApp, synthesizeInRepository } from './synthesis.ts';
import { writeApp } from './writeApp.ts';

/** What an app is checked with. */
export interface AppCheck {
  readonly layout: Layout;
  /** A directory for the app, which does not exist yet. */
  readonly app: string;
  readonly tarball: string;
  readonly version: string;
  /** The executable of the oldest Node.js that the package supports. */
  readonly oldestNode: string;
  /** Runs a step, and says what it is and how long it took. */
  readonly step: <Result>(title: string, run: () => Promise<Result>) => Promise<Result>;
}

/**
 * Installs the package into an empty app, and uses all of it.
 *
 * @throws CheckError for the first thing that does not work
 */
export async function checkApp({ layout, app, tarball, version, oldestNode, step }: AppCheck): Promise<void> {
  mkdirSync(app, { recursive: true });
  writeApp(app, tarball);
  const command = join(app, 'node_modules/.bin/mavera-triggers');
  const compiler = join(app, 'node_modules/.bin/tsc');
  await step(`${layout}: install`, () => install(layout, app));
  await step(`${layout}: an app that uses every entry has no type errors`, () =>
    runCommand(compiler, ['--project', app], { cwd: app }),
  );
  await step(`${layout}: the command answers`, () => checkCommand(command, app, version));
  await step(`${layout}: the testing kit runs an event through the triggers`, () => checkTrial(app));
  const ofRepository = await step(`${layout}: the repository synthesizes the same triggers`, () =>
    synthesizeInRepository(app),
  );
  for (const node of [process.execPath, oldestNode]) {
    const { stdout } = await runCommand(node, ['--version'], { cwd: app });
    await step(`${layout}: Node.js ${stdout.trim()} synthesizes the same template and bundles`, async () =>
      compareSyntheses(await synthesizeApp(app, node), ofRepository),
    );
  }
  await step(`${layout}: a signed event becomes a run that is done`, () => endToEnd(app, command));
}

async function checkCommand(command: string, cwd: string, version: string): Promise<void> {
  const expectations: readonly (readonly [args: readonly string[], text: string])[] = [
    [['--version'], version],
    [['--help'], 'Usage: npx mavera-triggers <command>'],
    [['ops', '--help'], 'Usage: npx mavera-triggers ops'],
    [['connect', '--help'], 'Usage: npx mavera-triggers connect'],
    [['dev', '--help'], 'TRIGGERS'],
    [['start', '--help'], 'Runs the whole flow'],
    [['triggers', 'check'], 'trial-started'],
    [['triggers', 'check', 'with-zod/triggers.ts'], 'answered'],
    [['triggers', 'dry-run', 'events/trial.ndjson'], 'Who starts a trial'],
  ];
  for (const [args, text] of expectations) {
    const { stdout } = await runCommand(command, args, { cwd });
    if (!stdout.includes(text)) {
      throw new CheckError(`"mavera-triggers ${args.join(' ')}" does not print "${text}":\n${stdout}`);
    }
  }
}

async function checkTrial(cwd: string): Promise<void> {
  const { stdout } = await runCommand(process.execPath, ['trial.ts'], { cwd });
  const expected = '[{"trigger":"trial-started","state":"done"}]';
  if (stdout.trim() !== expected) {
    throw new CheckError(`the testing kit prints ${stdout.trim()}, expected ${expected}`);
  }
}
