import { counted } from '../../ops/format/counted.ts';
import type { Finding, ReportShown, RunShown, UnknownLookup } from './finding.ts';

/** A finding for people; `undefined` for what starts nothing. */
export function formatFinding(finding: Finding): string | undefined {
  switch (finding.outcome) {
    case 'run':
      return formatRun(finding);
    case 'looks_up':
      return formatLookups(finding);
    case 'not_wanted':
      return `${nameOf(finding)}: not wanted, because \`only\` returned false`;
    case 'needs_result':
      return `${nameOf(finding)}: no request from an example of the result: ${finding.detail}\n    To see its request, give the result: --result ${finding.after}=<JSON file>`;
    case 'failed':
      return `${nameOf(finding)}: FAILED ${finding.reason}: ${finding.detail}`;
    case 'cancels':
      return `${finding.place}  ${finding.trigger}: ${describeCancelled(finding.key)}`;
    case 'invalid':
      return `${finding.place}  invalid: ${finding.detail}`;
    default:
      return undefined;
  }
}

/** The counts of all findings, and the credits. */
export function summarize(findings: readonly Finding[]): string {
  const count = (outcome: Finding['outcome']): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const runs = findings.filter((finding) => finding.outcome === 'run');
  const credits = runs.reduce((sum, { estimatedCredits }) => sum + estimatedCredits, 0);
  const asked = runs.filter(({ needsApproval }) => needsApproval === true).length;
  const sometimes = [
    [count('looks_up'), 'look things up first'],
    [count('not_wanted'), 'not wanted'],
    [count('needs_result'), 'need a result'],
  ] as const;
  return (
    `${counted(runs.length, 'run')}, about ${credits.toLocaleString('en')} credits; ${asked} wait for approval, ` +
    sometimes.map(([number, what]) => (number === 0 ? '' : `${number} ${what}, `)).join('') +
    `${count('cancels')} cancellations, ${count('failed')} failed, ` +
    `${count('duplicate')} duplicate, ${count('ignored')} ignored and ${count('invalid')} invalid events. ` +
    'Nothing was called.'
  );
}

function formatRun(finding: Finding & { readonly outcome: 'run' }): string {
  const { request, estimatedCredits, needsApproval, reports = [] } = finding;
  const approval = needsApproval === true ? ', waits for approval' : '';
  return [
    `${nameOf(finding)}: ${request.method} ${request.path}, about ${estimatedCredits} credits${approval}`,
    `    ${JSON.stringify(request.body)}`,
    ...reports.map(formatReport),
  ].join('\n');
}

function formatReport({ to, event, traits, problem }: ReportShown): string {
  if (problem !== undefined) {
    return `    no report to ${to}: ${problem}`;
  }
  return `    then reports to ${to}: ${event}${traits === undefined ? '' : ` ${JSON.stringify(traits)}`}`;
}

function formatLookups(finding: Finding & { readonly outcome: 'looks_up' }): string {
  const { trigger, lookups, followedBy } = finding;
  return [
    `${nameOf(finding)}: first looks up ${lookups.map(({ name }) => name).join(', ')}`,
    ...lookups.map((lookup) => formatLookup(trigger, lookup)),
    ...(followedBy === undefined ? [] : [`    ${followedBy.join(' and ')} would follow`]),
  ].join('\n');
}

function formatLookup(trigger: string, { name, kind, calls }: UnknownLookup): string {
  return [
    `    ${name} (${kind}) would call`,
    ...calls.map(({ system, method, path }) => `      ${system}: ${method} ${path}`),
    `      To go on without these calls, give the value: --lookup ${trigger}.${name}=<JSON file>`,
  ].join('\n');
}

function nameOf({ place, trigger, after, withExampleResult }: RunShown): string {
  const followed = after === undefined ? '' : `, after ${after}`;
  return `${place}  ${trigger}${followed}${withExampleResult === true ? ', with an example of its result' : ''}`;
}

function describeCancelled(key: string | undefined): string {
  return key === undefined
    ? 'cancels nothing, because the event has no key'
    : `cancels the runs of ${JSON.stringify(key)} that have not begun`;
}
