import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { LocalSystemError } from '../local/localSystemError.ts';
import { startBenchAws } from './aws/benchAws.ts';
import { BenchError } from './benchError.ts';
import { compileBundles } from './bundles/bundles.ts';
import { measureAll } from './measure/measurements.ts';
import { formatReport } from './report/formatReport.ts';
import { type Report, report } from './report/report.ts';

const program = new Command('bench')
  .description(
    'Measures the receiver beside the same receiver written as AWS documents it: size, import, CPU, AWS calls, memory ' +
      'and cost; then the pace of the runner under a backlog. Takes about three and a half minutes. Exit code 1 when a figure does not hold its limit.',
  )
  .option('--json', 'all figures as JSON, instead of a table')
  .showHelpAfterError('(add --help to see how it is used)')
  .action(async ({ json }: { json?: true }) => {
    const found = await bench();
    process.stdout.write(`${json === true ? JSON.stringify(found, null, 2) : formatReport(found)}\n`);
    process.exitCode = found.holds ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof BenchError || error instanceof LocalSystemError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

async function bench(): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'mavera-triggers-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  // The processes that were started end with this one.
  process.once('SIGINT', () => process.exit(130));
  const progress = progressLines();
  progress('bundling');
  const measurements = await measureAll({
    bundles: compileBundles(directory),
    directory,
    startAws: () => startBenchAws(process.env.PATH ?? ''),
    progress,
  });
  progress('done');
  return report(measurements);
}

/** Lines on stderr with the seconds since the start, so that stdout is the report alone. */
function progressLines(): (line: string) => void {
  const startedAtMs = performance.now();
  return (line) => {
    const seconds = Math.round((performance.now() - startedAtMs) / 1000);
    process.stderr.write(`${String(seconds).padStart(4)} s  ${line}\n`);
  };
}
