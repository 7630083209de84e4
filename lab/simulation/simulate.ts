/**
 * `npm run simulate`: whole days of backlogs on simulated time. Exit code 0 only if everything held.
 */
import { Argument, Command, Option } from 'commander';
import { formatTable } from '../../cli/formatTable.ts';
import { countFrom } from '../../cli/ops/options/count.ts';
import { LabError } from '../labError.ts';
import { progressLines } from '../progressLines.ts';
import { measureKinds, purposesTable, totalsTable, writeRunCalls } from './runCalls/runCallsPage.ts';
import { type FinishedScenario, runScenarios } from './runScenarios.ts';
import { scenarios, shortScenarios } from './scenarios/scenarios.ts';
import { writeSimulationPage } from './simulationPage.ts';

interface SimulateFlags {
  readonly short?: true;
  readonly seed: number;
  readonly write?: true;
  readonly render?: true;
  readonly runCalls?: true;
}

const names = scenarios.map(({ name }) => name);
const longest = Math.max(...names.map(({ length }) => length));
const program = new Command('simulate')
  .description(
    `Runs the real runner and dispatcher on simulated time, where ledger and queue calls take time, messages come late and twice, and schedules are skipped. Without names it runs all scenarios, in about 10 minutes on 2 cores.\n\n${scenarios
      .map(({ name, description }) => `  ${name.padEnd(longest)}  ${description}`)
      .join('\n')}`,
  )
  .addArgument(new Argument('[names...]', 'what to simulate').choices(names))
  .option('--short', 'all scenarios in the form for the tests: less than half a minute')
  .addOption(
    new Option('--seed <number>', 'the start of all random choices')
      .argParser(countFrom(1, 999_999_999))
      .default(1),
  )
  .option('--write', 'write the figures into lab/simulation/results.json and docs/performance.md')
  .option('--render', 'write docs/performance.md from lab/simulation/results.json, without simulating')
  .option('--run-calls', 'instead: list the calls of the ledger that one run makes, each with what it is for')
  .showHelpAfterError('(add --help to see how it is used)')
  .action(async (chosen: readonly string[], { short, seed, write, render, runCalls }: SimulateFlags) => {
    if (runCalls === true) {
      await listRunCalls(write === true);
      return;
    }
    if (render === true) {
      await writeSimulationPage(scenarios, [], seed, new Date());
      return;
    }
    if (short === true && (chosen.length > 0 || write === true)) {
      program.error("error: '--short' runs all scenarios and writes nothing: leave out names and '--write'.");
    }
    const all = short === true ? shortScenarios : scenarios;
    const wanted = all.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
    const finished = await runScenarios(wanted, { isShort: short === true, seed }, progressLines());
    process.exitCode = tell(finished, seed);
    if (write === true) {
      await writeSimulationPage(scenarios, finished, seed, new Date());
    }
  });

// The reader of the output may go away first.
process.stdout.on('error', () => undefined);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof LabError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

async function listRunCalls(writes: boolean): Promise<void> {
  const measured = await measureKinds();
  console.log(`${totalsTable(measured)}\n\n${purposesTable(measured)}`);
  if (writes) {
    await writeRunCalls(measured);
  }
}

/** @returns the exit code */
function tell(finished: readonly FinishedScenario[], seed: number): number {
  for (const { scenario, seconds, result } of finished) {
    console.log(`\n== ${scenario.name}: ${scenario.description} (${seconds} s)\n`);
    const columns = [{ heading: '' }, { heading: '', align: 'right' }, { heading: '' }] as const;
    const rows = result.figures.map(({ name, value, must }) => [
      name,
      value,
      must === undefined ? '' : `must be ${must}`,
    ]);
    console.log(formatTable(columns, rows));
  }
  const failures = finished.flatMap(({ scenario, result }) =>
    result.failures.map((failure) => `  ${scenario.name}, --seed ${seed}: ${failure}`),
  );
  if (failures.length > 0) {
    console.log(`\nNot as designed:\n${failures.join('\n')}`);
    return 1;
  }
  console.log('\nAs designed: paced, fair, at the planned cost, nothing lost, nothing done twice.');
  return 0;
}
