import { type AttributeValue, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { askMave, definePull, defineTriggers, segopsMembership, trigger } from '../../functions/index.ts';
import { CallQuotas } from '../../functions/ledger/callQuotas.ts';
import { Cancellations } from '../../functions/ledger/cancellations.ts';
import { Claims } from '../../functions/ledger/claims.ts';
import { Decisions } from '../../functions/ledger/decisions.ts';
import { cancelKey, lookupKey, lookupUser, pulledItemId } from '../../functions/ledger/keys.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { LookedUp } from '../../functions/ledger/lookedUp.ts';
import { noCounts } from '../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../functions/ledger/pullCursors.ts';
import { PulledItems } from '../../functions/ledger/pulledItems.ts';
import { SeenItems } from '../../functions/ledger/seenItems.ts';
import { lookupCalls } from '../../functions/lookups/lookupCalls.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import type { World } from './world.ts';

/** The time of the whole scene. */
export const sceneAtMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;

/** An item as DynamoDB has it. */
export type LedgerItem = Readonly<Record<string, AttributeValue>>;

export const claimKeys = {
  queued: `claim#${'a'.repeat(40)}`,
  claiming: `claim#${'b'.repeat(40)}`,
  abandoned: `claim#${'c'.repeat(40)}`,
} as const;

const told = trigger(
  { name: 'told', when: 'event = "x"' },
  askMave(() => ({ message: 'What is new?' })),
);

const items = trigger(
  {
    name: 'items',
    from: definePull({
      kind: 'items',
      source: 'segment',
      operations: [],
      start: { page: 1 },
      step: () => ({}),
    }),
    every: '1d',
  },
  askMave(() => ({ message: 'What is it?' })),
);

export const sceneTriggers = defineTriggers([
  told,
  items,
  trigger(
    { name: 'compares', after: items, collect: { count: 2, within: '24h' } },
    askMave(({ results }) => ({ message: results.map(({ content }) => content).join() })),
  ),
  trigger(
    { name: 'follows', after: told },
    askMave(({ result }) => ({ message: `Shorter: ${result.content}` })),
  ),
  trigger(
    {
      name: 'looks',
      when: 'event = "x"',
      with: { membership: segopsMembership() },
      only: ({ membership }) => membership?.segmentIds.includes(7) === true,
    },
    askMave(() => ({ message: 'Why is it in there?' })),
  ),
  {
    name: 'asks',
    when: 'event = "x"',
    run: askMave(() => ({ message: 'Why?' }), { thread: 'per-user' }),
    cooldown: { per: 'user', for: '24h' },
  },
  {
    name: 'pays',
    when: 'event = "x"',
    run: askMave(() => ({ message: 'How much?' }), { estimatedCredits: 60 }),
    budget: { credits: 60, per: 'day' },
  },
  {
    name: 'gathers',
    when: 'event = "x"',
    run: askMave(({ events }) => ({ message: `What do ${events.length} have in common?` })),
    collect: { count: 2, within: '24h' },
  },
  trigger(
    { name: 'counts', when: 'event = "x"', collect: { count: 2, within: '24h', tally: () => ['a', 'b'] } },
    askMave(({ tally }) => ({ message: `Which is it? ${JSON.stringify(tally)}` })),
  ),
  {
    name: 'dear',
    when: 'event = "x"',
    run: askMave(() => ({ message: 'How dear?' }), { estimatedCredits: 70 }),
    approve: { above: 60 },
  },
  {
    name: 'returns',
    when: 'event = "x"',
    run: askMave(() => ({ message: 'Why back?' })),
    cancelledBy: { when: 'event = "y"', per: 'user' },
  },
]);

/** A runner whose clock stands still until it is set. */
export interface SceneRunner extends TestRunner {
  setClock(nowMs: number): void;
}

/** The runner of the scene, on a ledger of its own. */
export async function startSceneRunner(world: World): Promise<SceneRunner> {
  let nowMs = sceneAtMs;
  const runner = await startTestRunner(world, sceneTriggers, { now: () => nowMs });
  return Object.assign(runner, {
    setClock: (atMs: number) => {
      nowMs = atMs;
    },
  });
}

/** The run number `index` of a trigger, the same one each time. */
export function sceneRun(runner: TestRunner, trigger: string, index: number): RunMessage {
  const runId = `${index}${trigger.charCodeAt(0).toString(16)}`.padEnd(40, '0');
  return runner.runOf(trigger, {
    runId,
    messageId: `message-${trigger}-${index}`,
    receivedAtMs: sceneAtMs,
    deadlineAtMs: sceneAtMs + 4 * dayMs,
  });
}

/** Fills the ledger of a runner with items of every kind that stays longer than a moment. */
export async function playScene(world: World, runner: SceneRunner): Promise<void> {
  const claims = new Claims(new LedgerTable(world.clients.dynamodb, runner.table), (error) => {
    throw error;
  });
  const options = {
    owner: 'receiver-1',
    nowMs: sceneAtMs,
    leaseUntilMs: sceneAtMs + 12_000,
    expiresAtSeconds: (sceneAtMs + 7 * dayMs) / 1000,
    signal: AbortSignal.timeout(30_000),
  };
  await claims.claim(Object.values(claimKeys), options);
  await claims.markQueued([claimKeys.queued], options);
  await runner.deliver(sceneRun(runner, 'asks', 1));
  await runner.deliver(sceneRun(runner, 'pays', 1));
  await runner.deliver(sceneRun(runner, 'pays', 2));
  await runner.deliver(sceneRun(runner, 'gathers', 1));
  for (const index of [1, 2, 3]) {
    await runner.deliver(sceneRun(runner, 'counts', index));
  }
  const decided = sceneRun(runner, 'dear', 1);
  await runner.deliver(decided);
  const decisions = new Decisions(new LedgerTable(world.clients.dynamodb, runner.table));
  await decisions.decide(decided.runId, {
    decision: 'approved',
    by: 'ann',
    nowMs: sceneAtMs,
    parkings: undefined,
  });
  await runner.deliver(sceneRun(runner, 'told', 1));
  await runner.deliver(await runner.waitingRun());
  const table = new LedgerTable(world.clients.dynamodb, runner.table);
  const looks = sceneRun(runner, 'looks', 1);
  await keepMembership(table, looks);
  await runner.deliver(looks);
  await playPull(runner, table);
  const cancellations = new Cancellations(new LedgerTable(world.clients.dynamodb, runner.table));
  const user = decided.event.userId ?? '';
  await cancellations.note(cancelKey('returns', user), sceneAtMs, options.expiresAtSeconds);
  runner.mavera.inject({ path: '/mave/chat', kind: 'cut-after' });
  const lost = sceneRun(runner, 'asks', 2);
  await runner.deliver({ ...lost, event: { ...lost.event, userId: 'u-2' } });
}

/** A pull that has ended and begun again, and the runs of its items, which are compared. */
async function playPull(runner: SceneRunner, table: LedgerTable): Promise<void> {
  const cursors = new PullCursors(table);
  const pull = { trigger: 'items', state: { page: 1 }, nowMs: sceneAtMs, endsAtMs: sceneAtMs + dayMs };
  const first = { trigger: 'items', occurrence: 'first', owner: 'puller-1' };
  const second = { ...first, occurrence: 'second' };
  const begun = await cursors.begin({ ...pull, occurrence: 'first' });
  await cursors.take(first, sceneAtMs, sceneAtMs + 60_000);
  if (begun.kind === 'begun') {
    await cursors.end(first, begun.cursor, { status: 'done', counts: noCounts }, sceneAtMs);
  }
  await cursors.begin({ ...pull, occurrence: 'second' });
  await cursors.begin({ ...pull, occurrence: 'third' });
  await cursors.take(second, sceneAtMs, sceneAtMs + 60_000);
  await cursors.wait(second, { dueAtMs: sceneAtMs + 60_000, failures: 1, waitsFor: 'The system is slow' });
  await cursors.take(second, sceneAtMs, sceneAtMs + 60_000);
  const queued = { item: 'user_id:u-1', userId: 'u-1', digest: 'd'.repeat(40), numbers: { size: 5 } };
  await new PulledItems(table).keep('items', { occurrence: 'first', step: 0 }, [queued], sceneAtMs);
  await new SeenItems(table).note('items', 'first', ['user_id:u-1'], sceneAtMs);
  await new CallQuotas(table).take({ name: 'previews', of: 'spa_1', calls: 700 }, sceneAtMs);
  for (const index of [1, 2]) {
    const run = sceneRun(runner, 'items', index);
    await runner.deliver({ ...run, pulledItem: pulledItemId('items', `user_id:u-${index}`) });
    await runner.deliver(await runner.waitingRun());
  }
}

/** Keeps what an earlier run has looked up for the user. */
async function keepMembership(table: LedgerTable, { event }: RunMessage): Promise<void> {
  const lookup = segopsMembership();
  const key = lookupKey(JSON.stringify([lookup.kind, lookupCalls(lookup, event, {})]));
  const value = { value: { segmentIds: [42] }, atMs: sceneAtMs };
  await new LookedUp(table).keep(key, value, { freshForMs: dayMs, user: lookupUser(event.userId ?? '') });
}

/** All items of a ledger, by key. */
export async function readItems(world: World, table: string): Promise<readonly LedgerItem[]> {
  const { Items = [] } = await world.clients.dynamodb.send(new ScanCommand({ TableName: table }));
  return Items.sort((a, b) => ((a.pk?.S ?? '') < (b.pk?.S ?? '') ? -1 : 1));
}

export async function putItems(world: World, table: string, items: readonly LedgerItem[]): Promise<void> {
  for (const Item of items) {
    await world.clients.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  }
}
