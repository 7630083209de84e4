/**
 * `npm run paths`: which files of `functions/` one webhook and one run go through, so that a reader has few to open. Exit
 * code 1 if there are more than there may be.
 */
import { Command } from 'commander';
import { LocalSystemError } from '../../local/localSystemError.ts';
import { LabError } from '../labError.ts';
import { type CoveredFile, coveredFiles } from './coveredFiles.ts';
import { signedRequest, startPathWorld } from './pathWorld.ts';

const folder = 'functions';
const limits = { webhook: 14, run: 32 } as const;

const program = new Command('paths')
  .description(
    'Lists the files with a function that is called for one webhook (a single signed event) and for one run (a question ' +
      'to Mave), in warm functions on emulators, counted by V8. Exit code 1 if a path has more files than its limit.',
  )
  .showHelpAfterError('(add --help to see how it is used)')
  .action(async () => {
    const paths = await followPaths();
    process.stdout.write(`${formatPath('One webhook', paths.webhook, limits.webhook)}\n\n`);
    process.stdout.write(`${formatPath('One run', paths.run, limits.run)}\n`);
    const holds = paths.webhook.length <= limits.webhook && paths.run.length <= limits.run;
    process.exitCode = holds ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LabError || error instanceof LocalSystemError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

interface Paths {
  readonly webhook: readonly CoveredFile[];
  readonly run: readonly CoveredFile[];
}

async function followPaths(): Promise<Paths> {
  const world = await startPathWorld();
  try {
    // Warm: secrets, connections and what all runs share are there.
    await world.receive(signedRequest());
    await world.run(await world.takeMessage());
    const request = signedRequest();
    const webhook = await coveredFiles(folder, () => world.receive(request));
    const message = await world.takeMessage();
    const run = await coveredFiles(folder, () => world.run(message));
    return { webhook, run };
  } finally {
    await world.stop();
  }
}

function formatPath(what: string, files: readonly CoveredFile[], limit: number): string {
  const verdict = files.length <= limit ? 'holds' : 'does not hold';
  return [
    `${what}: ${files.length} files, at most ${limit}: ${verdict}`,
    ...files.map(({ path, functions }) => `  ${path}: ${functions.join(', ')}`),
  ].join('\n');
}
