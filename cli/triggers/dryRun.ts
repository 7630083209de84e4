import { readEvents } from '../../simulators/segment/readEvents.ts';
import { type Finding, findRuns } from './findRuns.ts';
import { readTriggers } from './readTriggers.ts';

/** What to show. */
export interface DryRunOptions {
  readonly triggersFile: string;
  /** NDJSON files or globs. */
  readonly files: readonly string[];
  readonly route: string;
  readonly json: boolean;
}

/**
 * Prints what the events of files would start: each Mavera request, and the total credits. Exit code 1 if a request
 * could not be built.
 *
 * @throws TriggersFileError, InvalidEventsError
 */
export async function dryRun({ triggersFile, files, route, json }: DryRunOptions): Promise<void> {
  const triggers = readTriggers(triggersFile);
  const findings = findRuns(await readEvents(...files), triggers, route);
  for (const finding of findings) {
    print(finding, json);
  }
  if (!json) {
    console.log(`\n${summary(findings)}`);
  }
  if (findings.some(({ outcome }) => outcome === 'failed')) {
    process.exitCode = 1;
  }
}

function print(finding: Finding, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(finding));
    return;
  }
  const { place, outcome } = finding;
  if (outcome === 'run') {
    const { trigger, request, estimatedCredits } = finding;
    const approval = finding.needsApproval === true ? ', waits for approval' : '';
    console.log(
      `${place}  ${trigger}: ${request.method} ${request.path}, about ${estimatedCredits} credits${approval}`,
    );
    console.log(`    ${JSON.stringify(request.body)}`);
  } else if (outcome === 'cancels') {
    console.log(`${place}  ${finding.trigger}: ${describeCancelled(finding.key)}`);
  } else if (outcome === 'failed') {
    console.log(`${place}  ${finding.trigger}: FAILED ${finding.reason}: ${finding.detail}`);
  } else if (outcome === 'invalid') {
    console.log(`${place}  invalid: ${finding.detail}`);
  }
}

function describeCancelled(key: string | undefined): string {
  return key === undefined
    ? 'cancels nothing, because the event has no key'
    : `cancels the runs of ${JSON.stringify(key)} that have not begun`;
}

function summary(findings: readonly Finding[]): string {
  const count = (outcome: Finding['outcome']): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const credits = findings.reduce(
    (sum, finding) => sum + (finding.outcome === 'run' ? finding.estimatedCredits : 0),
    0,
  );
  const asked = findings.filter((finding) => finding.outcome === 'run' && finding.needsApproval).length;
  return (
    `${count('run')} runs, about ${credits.toLocaleString('en')} credits; ${asked} wait for approval, ` +
    `${count('cancels')} cancellations, ${count('failed')} failed, ` +
    `${count('duplicate')} duplicate, ${count('ignored')} ignored and ${count('invalid')} invalid events. ` +
    'Nothing was called.'
  );
}
