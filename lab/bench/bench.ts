import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { LocalSystemError } from '../../local/localSystemError.ts';
import { LabError } from '../labError.ts';
import { thisMachine } from '../machine.ts';
import { progressLines } from '../progressLines.ts';
import { compileBundles } from './bundles/bundles.ts';
import { writePages } from './document/pages.ts';
import { isWhole, type MeasurementName, measureAll, measurementNames } from './measure/measurements.ts';
import { formatReport } from './report/formatReport.ts';
import { type Report, report } from './report/report.ts';
import { readResults, resultsFile, writeResults } from './results/results.ts';

interface Options {
  readonly json?: true;
  readonly only?: readonly MeasurementName[];
  readonly write?: true;
  readonly render?: true;
}

const resultsPath = join(projectRoot, resultsFile);

const program = new Command('bench')
  .description(
    'Compares the receiver with the same receiver written as AWS documents it: size, import, CPU, AWS calls, memory, ' +
      'latency and cost. Then measures the pace of the runner under a backlog, and how parked runs are worked off. Takes about ' +
      'twelve minutes. Exit code 1 if a figure is not within its limit.',
  )
  .option('--json', 'print all figures as JSON instead of a table')
  .addOption(new Option('--only <names...>', 'only these measurements').choices(measurementNames))
  .addOption(
    new Option('--write', `write the results into ${resultsFile} and docs/performance.md`).conflicts('only'),
  )
  .addOption(
    new Option('--render', `write docs/performance.md from ${resultsFile}, without measuring`).conflicts([
      'only',
      'write',
      'json',
    ]),
  )
  .showHelpAfterError('(add --help to see how it is used)')
  .action(async ({ json, only, write, render }: Options) => {
    if (render === true) {
      writePages(projectRoot, readResults(resultsPath));
      return;
    }
    const found = await bench(only ?? measurementNames);
    if (write === true) {
      keep(found);
    }
    process.stdout.write(`${json === true ? JSON.stringify(found, null, 2) : formatReport(found)}\n`);
    process.exitCode = found.holds ? 0 : 1;
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

async function bench(names: readonly MeasurementName[]): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  // Child processes end with this one.
  process.once('SIGINT', () => process.exit(130));
  const measuredAt = new Date().toISOString();
  const machine = thisMachine();
  const progress = progressLines();
  progress('bundling');
  const measurements = await measureAll(names, {
    bundles: compileBundles(directory),
    directory,
    path: process.env.PATH ?? '',
    progress,
  });
  progress('done');
  return report({ measuredAt, machine, measurements });
}

function keep({ measuredAt, machine, measurements }: Report): void {
  if (!isWhole(measurements)) {
    throw new LabError('only the results of a whole run are kept: leave out --only');
  }
  writeResults(resultsPath, { measuredAt, machine, measurements });
  writePages(projectRoot, readResults(resultsPath));
}
