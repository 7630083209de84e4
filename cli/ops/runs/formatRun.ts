import { describeEntry } from '../../../functions/run/describeHistory.ts';
import { formatTable } from '../../formatTable.ts';
import { cut } from '../format/cut.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import { describeState, when } from './describeState.ts';
import { formatChain } from './formatChain.ts';
import type { ChainRun } from './runChain.ts';
import type { RunDetails } from './runDetails.ts';

/** Of what a lookup gave; `--json` has all that was kept. */
const widestValue = 200;

/** A run for people, from its state down to its event. */
export function formatRun(
  run: RunDetails,
  nowMs: number,
  advice: string | undefined,
  chain: readonly ChainRun[] = [],
): string {
  return [
    [`run ${run.runId}`, describeState(run, nowMs), run.detail, advice].filter(isThere).join('\n'),
    formatFacts(run, nowMs),
    section('Chain', formatChain(chain, run.runId)),
    section('What happened', formatHistory(run)),
    section('Looked up', formatLookups(run, nowMs)),
    section('Counted', formatTally(run)),
    section('Request', formatRequest(run)),
    section('Answer', formatJson(run.result)),
    section(run.events?.length === 1 ? 'Event' : 'Events', run.events?.map(formatJson).join('\n')),
  ]
    .filter(isThere)
    .join('\n\n');
}

function formatFacts(run: RunDetails, nowMs: number): string {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['trigger', run.trigger],
    ['after', describeFollowed(run)],
    ['event', describeEvent(run.events?.[0])],
    ['user', run.userId],
    ['message id', run.messageId],
    ['source', run.source],
    ['route', run.route],
    ['received', when(run.receivedAtMs, nowMs)],
    ['last change', when(run.updatedAtMs, nowMs)],
    ['deadline', isOpen(run) && run.deadlineAtMs !== undefined ? when(run.deadlineAtMs, nowMs) : undefined],
    ['attempts', run.attempts === 0 ? undefined : `${run.attempts}`],
    ['credits', describeCredits(run)],
    ['collection', run.collection],
    ['compares', describeCompared(run)],
  ];
  return formatTable(
    [{ heading: '' }, { heading: '' }],
    facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function describeFollowed({ after }: RunDetails): string | undefined {
  return after === undefined ? undefined : `run ${shortRunId(after.runId)} of ${after.trigger}`;
}

function describeCompared({ compared }: RunDetails): string | undefined {
  if (compared === undefined) {
    return undefined;
  }
  const { changed, unchanged, leftOut } = compared;
  const items = `${changed} changed and ${unchanged} unchanged ${changed + unchanged === 1 ? 'item' : 'items'}`;
  return leftOut === 0 ? items : `${items}; ${leftOut} more did not fit`;
}

/** A line for each lookup: its name, when the system was asked, and what it gave. */
function formatLookups({ lookups = {} }: RunDetails, nowMs: number): string {
  const rows = Object.entries(lookups).map(([name, { atMs, value }]) => [
    name,
    when(atMs, nowMs),
    value === undefined ? 'nothing: the system does not know it' : cut(JSON.stringify(value), widestValue),
  ]);
  return rows.length === 0 ? '' : formatTable([{ heading: '' }, { heading: '' }, { heading: '' }], rows);
}

/** A line for each name, and how often it was counted. */
function formatTally({ tally = {} }: RunDetails): string {
  const rows = Object.entries(tally).map(([name, times]) => [name, times.toLocaleString('en')]);
  return rows.length === 0 ? '' : formatTable([{ heading: '' }, { heading: '', align: 'right' }], rows);
}

function isOpen({ state }: RunDetails): boolean {
  return state === 'waiting' || state === 'calling';
}

function describeEvent(event: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (event === undefined) {
    return undefined;
  }
  const { type, event: name, name: pageName } = event;
  const called = typeof name === 'string' ? name : pageName;
  return typeof called === 'string' ? `${type} "${called}"` : `${type}`;
}

function describeCredits({ creditsReserved, budgets, creditsUsed }: RunDetails): string | undefined {
  const parts = [
    creditsUsed === undefined ? undefined : `${creditsUsed.toLocaleString('en')} used`,
    creditsReserved === undefined ? undefined : `${creditsReserved.toLocaleString('en')} reserved`,
  ].filter(isThere);
  const from = budgets.length === 0 ? '' : ` in ${[...budgets].sort().join(', ')}`;
  return parts.length === 0 ? undefined : `${parts.join(', ')}${from}`;
}

function formatHistory({ history }: RunDetails): string {
  return history.map((entry) => `${localTime(entry.atMs)}  ${describeEntry(entry, localTime)}`).join('\n');
}

function formatRequest({ request }: RunDetails): string | undefined {
  if (request === undefined) {
    return undefined;
  }
  const { method, path, body } = request;
  return typeof method === 'string' && typeof path === 'string'
    ? [`${method} ${path}`, formatJson(body)].filter(isThere).join('\n')
    : formatJson(request);
}

function formatJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value, undefined, 2);
}

function section(title: string, body: string | undefined): string | undefined {
  return body === undefined || body === '' ? undefined : `${title}\n${body}`;
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
