/**
 * `npm run prove`: tries to break what the system promises. Exit code 0 only if everything held.
 */
import { Argument, Command, Option } from 'commander';
import { countFrom } from '../../cli/ops/options/count.ts';
import { LocalSystemError } from '../../local/localSystemError.ts';
import { interruptedExitCode, onInterrupt } from '../../local/onInterrupt.ts';
import { LabError } from '../labError.ts';
import { progressLines } from '../progressLines.ts';
import type { ProofOptions } from './proof.ts';
import { proofs } from './proofs.ts';
import { type FinishedProof, summaryTable } from './summaryTable.ts';
import { writeReliabilityPage } from './writeReliabilityPage.ts';

interface ProveFlags {
  readonly short?: true;
  readonly seed: number;
  readonly events?: number;
  readonly minutes?: number;
  readonly write?: true;
}

const wholeNumber = countFrom(1, 999_999_999);
const names = proofs.map(({ name }) => name);
const program = new Command('prove')
  .description(
    `Tries to break what the system promises, on this machine, with real processes. Without names it tries everything, in less than 30 minutes on 2 cores.\n\n${proofs
      .map(({ name, description }) => `  ${name.padEnd(9)}${description}`)
      .join('\n')}`,
  )
  .addArgument(new Argument('[names...]', 'what to prove').choices(names))
  .option('--short', 'the form for the tests: less than half a minute each')
  .addOption(
    new Option('--seed <number>', 'the start of all random choices').argParser(wholeNumber).default(1),
  )
  .option('--events <number>', 'how many events the soak sends (100,000)', wholeNumber)
  .option('--minutes <number>', 'after how many minutes the soak sends no more (8)', wholeNumber)
  .option('--write', 'write the figures into docs/reliability.md')
  .showHelpAfterError('(add --help to see how it is used)')
  .action(async (chosen: readonly string[], flags: ProveFlags) => {
    const { write, short, events, minutes } = flags;
    if (write === true && (chosen.length > 0 || (short ?? events ?? minutes) !== undefined)) {
      program.error(
        "error: '--write' needs the figures of all proofs in full: leave out names, '--short', '--events' and '--minutes'.",
      );
    }
    process.exitCode = await prove(chosen, flags);
  });

const interrupted = onInterrupt();
interrupted.addEventListener('abort', () => process.exit(interruptedExitCode));
// The reader of the output may go away first.
process.stdout.on('error', () => undefined);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LocalSystemError || error instanceof LabError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
process.exit();

/** @returns the exit code */
async function prove(chosen: readonly string[], flags: ProveFlags): Promise<number> {
  const options: ProofOptions = {
    progress: progressLines(),
    isShort: flags.short === true,
    seed: flags.seed,
    events: flags.events,
    sendingMs: flags.minutes === undefined ? undefined : flags.minutes * 60_000,
  };
  const finished: FinishedProof[] = [];
  for (const proof of proofs.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    const startedAtMs = performance.now();
    const result = await proof.run(options);
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    finished.push({ name: proof.name, seconds, result });
    console.log(`\n== ${proof.name}: ${proof.description}\n\n${result.table}\n`);
  }
  const failures = finished.flatMap(({ result }) => result.failures);
  console.log(`${summaryTable(finished)}\n`);
  if (flags.write === true) {
    await writeReliabilityPage(finished, new Date());
  }
  if (failures.length > 0) {
    console.log(`Not as promised:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
    if (finished.some(({ result }) => (result.counts['not finished'] ?? 0) > 0)) {
      console.log('What is not finished is not lost: try again with less other work on this machine.');
    }
    return 1;
  }
  console.log('As promised: nothing was lost, nothing was done twice.');
  return 0;
}
