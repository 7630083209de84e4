import type { RemovedOfUser } from '../../../functions/forget/removedCounts.ts';
import { formatTable } from '../../formatTable.ts';
import { cut } from '../format/cut.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { WorkAtMavera } from './workAtMavera.ts';

/** What was, or would be, removed; and what was not. */
export interface ForgetResult {
  readonly removed: boolean;
  readonly users: readonly (RemovedOfUser & { readonly deadLetters: number })[];
  /** Runs that have not ended: their data is still there. */
  readonly openRuns: readonly string[];
  /** Pulls at work whose state names them. */
  readonly openPulls: readonly string[];
  /** What Mavera keeps. Only its owner can delete it there. */
  readonly atMavera: readonly WorkAtMavera[];
}

const columns = [
  { heading: 'user' },
  { heading: 'runs', align: 'right' },
  { heading: 'events', align: 'right' },
  { heading: 'threads and personas', align: 'right' },
  { heading: 'cooldowns', align: 'right' },
  { heading: 'dead letters', align: 'right' },
] as const;
const widestUser = 40;
const shownRuns = 10;

/** What was removed, for people; and what they still have to do. */
/** @param flags options by which another command finds the same system */
export function formatForget(
  { removed, users, openRuns, openPulls, atMavera }: ForgetResult,
  flags: string,
): string {
  const table = formatTable(
    columns,
    users.map(({ userId, runs, events, keptIds, cooldowns, deadLetters }) => [
      cut(userId, widestUser),
      ...[runs, events, keptIds, cooldowns, deadLetters].map((count) => count.toLocaleString('en')),
    ]),
  );
  return [
    removed ? 'Removed from the ledger and the dead-letter queue:' : 'Would be removed:',
    table,
    openRuns.length === 0 ? '' : formatOpen(openRuns),
    openPulls.length === 0 ? '' : formatPulls(openPulls, flags),
    atMavera.length === 0 ? '' : formatAtMavera(atMavera),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function formatOpen(openRuns: readonly string[]): string {
  const names = openRuns.slice(0, shownRuns).map(shortRunId).join(', ');
  const more = openRuns.length > shownRuns ? `, and ${openRuns.length - shownRuns} more` : '';
  return (
    `${openRuns.length} of their runs have not ended, and keep their data: ${names}${more}.\n` +
    'Run the command again when they have ended, at their deadline at the latest.'
  );
}

function formatPulls(triggers: readonly string[], flags: string): string {
  return (
    `The state of pulls at work names them: ${triggers.join(', ')}. It is removed when the occurrence ends.\n` +
    `Run the command again then. To end it at once: npm run ops -- pulls stop ${triggers[0]}${flags}`
  );
}

function formatAtMavera(works: readonly WorkAtMavera[]): string {
  const lines = works.flatMap(({ kind, id, calls }) =>
    calls.length === 0 ? [`# ${kind} ${id}: Mavera documents no call that deletes it`] : calls,
  );
  return `Still at Mavera. Delete it there, with MAVERA_BASE_URL and MAVERA_API_KEY set:\n${lines.join('\n')}`;
}
