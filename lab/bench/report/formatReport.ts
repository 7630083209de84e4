import type { Report } from './report.ts';
import { reportTable } from './reportTable.ts';

const notes = [
  'Baseline: the same receiver as AWS documents it (lab/bench/baseline): Powertools idempotency, logger, metrics and',
  'parameters, zod, default clients; bundled as NodejsFunction does with bundleAwsSDK and minify. By its defaults',
  "alone the SDK is left to Lambda's own copy, for which node_modules stands here, and nothing is minified.",
  'CPU: user and system time of the process with the handler; the emulators run in others. Calls: counted at',
  'the HTTP client, with the secret cached. Events a second: of one environment, which takes one request at a time.',
  'Latency: from the planned start of a request to its answer. Cost: list prices of the units written, of what is',
  "sent, received and deleted at the queue, of Lambda's requests and time (measured here, against emulators) and of",
  'the log. The time of the runs, their items and Mavera are not in it.',
];

/** The report for people, at most 110 columns wide. */
export function formatReport({ machine, measuredAt, rows, holds }: Report): string {
  const { cpu, cores, node, platform } = machine;
  const broken = rows.filter((row) => row.holds === false).length;
  return [
    `Node.js ${node}, ${platform}, ${cores} cores (${cpu}), ${measuredAt.slice(0, 10)}`,
    '',
    reportTable(rows),
    '',
    ...notes,
    '',
    holds ? 'All limits hold.' : `${broken} of the limits ${broken === 1 ? 'does' : 'do'} not hold.`,
  ].join('\n');
}
