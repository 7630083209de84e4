import { PutItemCommand, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { redriveDeadLetters } from '../../cli/ops/deadLetters/redriveDeadLetters.ts';
import type { Output } from '../../cli/ops/output.ts';
import { pause } from '../../cli/ops/pausing/pause.ts';
import { resume } from '../../cli/ops/pausing/resume.ts';
import { capKey } from '../../functions/ledger/caps.ts';
import { DispatcherState } from '../../functions/ledger/dispatcherState.ts';
import { claimKey, messageKey } from '../../functions/ledger/keys.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { breakerKey, readUsage, usageKey } from '../../functions/ledger/sharedState.ts';
import { permissionReport, type UnusedByDesign } from '../../local/iam/permissionReport.ts';
import { countParkedRuns } from '../../local/system/parkedRuns.ts';
import { permissionTable } from './permissionTable.ts';
import { eventFor, type PermissionWorld, type RunLine, startPermissionWorld } from './permissionWorld.ts';

/** Shows nothing of what a command says. */
const silent: Output = {
  isJson: false,
  text: () => undefined,
  document: () => undefined,
  lines: () => undefined,
  note: () => undefined,
};

const sending = ['SendMessage', 'SendMessageBatch'];

let world: PermissionWorld;

beforeAll(async () => {
  world = await startPermissionWorld();
});

afterAll(() => world?.stop());

afterEach(() => {
  world.mavera.clearFaults();
  world.forget();
});

function events(count: number, trigger: string): readonly object[] {
  return Array.from({ length: count }, () => eventFor(trigger));
}

function accepted(queued: number, duplicates = 0): object {
  return {
    status: 200,
    body: { received: queued + duplicates, queued, duplicates, ignored: 0, invalid: 0 },
  };
}

/** Waits until the runs of a trigger have these outcomes, in any order. */
async function ended(trigger: string, ...outcomes: readonly string[]): Promise<readonly RunLine[]> {
  const ends = (): readonly RunLine[] =>
    world.runsOf(trigger).filter(({ outcome }) => outcome !== 'waiting' && outcome !== 'repeated');
  const found = (): readonly unknown[] => ends().map(({ outcome }) => outcome);
  await expect.poll(() => found().toSorted()).toEqual(outcomes.toSorted());
  return ends();
}

/** Writes the claim of a receiver that died before it queued the event. */
async function leaveDeadClaim(element: Readonly<Record<string, unknown>>): Promise<void> {
  const identity = {
    source: 'segment',
    route: 'default',
    messageId: String(element.messageId),
    element,
  } as const;
  await world.system.clients.dynamodb.send(
    new PutItemCommand({
      TableName: world.system.resources.tableName,
      Item: {
        pk: { S: claimKey(identity, messageKey(identity)) },
        state: { S: 'claiming' },
        owner: { S: 'dead' },
        leaseUntilMs: { N: `${Date.now() - 1}` },
        expiresAt: { N: `${Math.ceil(Date.now() / 1000) + 3_600}` },
      },
    }),
  );
}

describe('the receiver', () => {
  it('queues a single event once', async () => {
    const event = eventFor('ask');
    expect(await world.post(event)).toEqual(accepted(1));
    expect(await world.post(event)).toEqual(accepted(0, 1));
    await ended('ask', 'done');
  });

  it('queues a batch once', async () => {
    const batch = events(30, 'ask');
    expect(await world.post(batch)).toEqual(accepted(30));
    expect(await world.post(batch)).toEqual(accepted(0, 30));
    await ended('ask', ...batch.map(() => 'done'));
  });

  it('takes over claims whose owner has died, for a single event and in a batch', async () => {
    const single = eventFor('ask');
    const inBatch = eventFor('ask');
    await leaveDeadClaim(single);
    await leaveDeadClaim(inBatch);
    expect(await world.post(single)).toEqual(accepted(1));
    expect(await world.post([inBatch, single, eventFor('ask')])).toEqual(accepted(2, 1));
    await ended('ask', 'done', 'done', 'done');
  });

  it.each([
    ['an event', 1],
    ['a batch', 30],
  ])(
    'releases the claims of %s when the queue refuses it, so that a retry need not wait',
    async (_, count) => {
      const batch = events(count, 'ask');
      const payload = batch.length === 1 ? { ...batch[0] } : batch;
      const refused = await world.queue.refusing(sending, () => world.post(payload));
      expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('The queue') } });
      expect(await world.post(payload)).toEqual(accepted(count));
      await ended('ask', ...batch.map(() => 'done'));
    },
  );
});

describe('the receiver of other sources', () => {
  it('queues an event of SendGrid once', async () => {
    const event = { event: 'open', email: 'a@example.com', sg_event_id: `sg-${Date.now()}` };
    const opened = { ...event, timestamp: Math.floor(Date.now() / 1000) };
    expect(await world.postAs('sendgrid', opened)).toEqual(accepted(1));
    expect(await world.postAs('sendgrid', opened)).toEqual(accepted(0, 1));
    await ended('mailed', 'done');
  });

  it('queues an event of SegOps once', async () => {
    const event = {
      event: 'segment.recomputed',
      tenant_slug: 'acme',
      segment_id: 42,
      segment_name: 'High LTV Buyers',
      member_count: 1_842,
      computed_at: new Date().toISOString(),
    };
    expect(await world.postAs('segops', event)).toEqual(accepted(1));
    expect(await world.postAs('segops', event)).toEqual(accepted(0, 1));
    await ended('recomputed', 'done');
  });
});

describe('the dispatcher', () => {
  it('sends on the parked runs of a trigger that was paused', async () => {
    const { deployment } = world;
    const { dynamodb, tableName } = deployment;
    await pause(deployment, 'ask', Date.now(), silent);
    await world.post(events(3, 'ask'));
    await expect
      .poll(() => countParkedRuns(dynamodb, tableName))
      .toEqual([{ trigger: 'ask', lane: 'ask', count: 3 }]);
    await resume(deployment, 'ask', Date.now(), silent);
    await ended('ask', 'done', 'done', 'done');
    expect(await world.system.waitUntilDrained(120_000)).toEqual([]);
  });
});

describe('the runner without a dispatcher', () => {
  it('sends a run that waits back to the run queue', async () => {
    const { deployment, system } = world;
    const dispatcher = new DispatcherState(new LedgerTable(deployment.dynamodb, deployment.tableName));
    await dispatcher.setParkingOff(Date.now() + 3_600_000);
    await pause(deployment, 'held', Date.now(), silent);
    const queueName = system.resources.runQueueUrl.split('/').at(-1) ?? '';
    const sentBack = async (): Promise<boolean> => {
      // An environment may have read the ledger before nothing could be parked.
      await world.post(eventFor('held'));
      return system.gateway
        .calls()
        .allowed.some(
          ({ functionName, action, resource }) =>
            functionName === system.runner.functionName &&
            action === 'sqs:SendMessage' &&
            resource.endsWith(queueName),
        );
    };
    await expect.poll(sentBack, { interval: 1_000 }).toBe(true);
    await dispatcher.setParkingOff(0);
  });
});

describe('the forgetter', () => {
  it('removes what the ledger holds of a user for whom a `delete` event has come', async () => {
    const { userId } = eventFor('threaded');
    await world.post(eventFor('threaded', { userId }));
    await ended('threaded', 'done');
    expect(await world.post({ type: 'delete', userId })).toMatchObject({ status: 200, body: { ignored: 1 } });
    expect(await itemsWith(String(userId))).not.toEqual([]);
    expect(await world.system.runSchedule('forgetter')).toMatchObject({ ok: true });
    expect(await itemsWith(String(userId))).toEqual([]);
    const line = (): string | undefined => world.logged().find((text) => text.includes('"message":"forget"'));
    await expect.poll(line, { timeout: 30_000 }).toContain('"forgotten":1');
    expect(world.logged().filter((text) => text.includes(String(userId)))).toEqual([]);
  });
});

describe('the puller', () => {
  it('reads a system, queues the run of what is new, and tells its end', async () => {
    const published: unknown[] = [];
    const drain = async (): Promise<readonly unknown[]> => {
      published.push(...(await world.results.drain()).map((body) => JSON.parse(body)));
      return published;
    };
    await world.system.startPull('pulled');
    await ended('pulled', 'done');
    const end = { type: 'pull.ended', trigger: 'pulled', status: 'done' };
    await expect.poll(drain).toContainEqual(expect.objectContaining(end));
    await expect.poll(drain).toContainEqual(expect.objectContaining({ trigger: 'pulled', state: 'done' }));
  });
});

describe('the runner', () => {
  it('publishes the result of each kind of action', async () => {
    const kinds = ['ask', 'profiled', 'responded', 'discussed'];
    await world.results.drain();
    expect(await world.post(kinds.map((kind) => eventFor(kind)))).toEqual(accepted(4));
    await Promise.all(kinds.map((kind) => ended(kind, 'done')));
    const published = (await world.results.drain()).map((body) => JSON.parse(body));
    expect(published.map(({ trigger, state }) => [trigger, state]).sort()).toEqual(
      kinds.map((kind) => [kind, 'done']).sort(),
    );
  });

  it('reads the usage of the account, and keeps the concurrency cap', async () => {
    await world.post(eventFor('ask'));
    const [run] = await ended('ask', 'done');
    const { dynamodb, tableName } = world.deployment;
    const table = new LedgerTable(dynamodb, tableName);
    expect(readUsage(await table.readOne(usageKey))?.creditsRemaining).toBeGreaterThan(0);
    // Calls of other tests whose answers were lost keep their places until these end.
    const places = (await table.readOne(capKey('askMave')))?.holders?.M ?? {};
    expect(Object.keys(places)).not.toContain(run?.runId);
  });

  it('observes a budget', async () => {
    await world.post(eventFor('budgeted'));
    await ended('budgeted', 'done');
    await world.post(eventFor('budgeted'));
    const runs = await ended('budgeted', 'done', 'skipped');
    expect(runs[1]).toMatchObject({ gate: 'budget', reason: 'budget_spent' });
  });

  it('observes a cooldown', async () => {
    const { userId } = eventFor('cooled');
    await world.post(eventFor('cooled', { userId }));
    await ended('cooled', 'done');
    await world.post(eventFor('cooled', { userId }));
    const runs = await ended('cooled', 'done', 'skipped');
    expect(runs[1]).toMatchObject({ gate: 'cooldown' });
  });

  it('collects events up to their count, and up to their time', async () => {
    const { userId } = eventFor('collected');
    await world.post([
      eventFor('collected', { userId }),
      eventFor('collected', { userId }),
      eventFor('collected'),
    ]);
    const runs = await ended('collected', 'done', 'done', 'skipped');
    const collected = runs.flatMap((run) => (run.outcome === 'done' ? [run.collected] : []));
    expect(collected.sort()).toEqual([1, 2]);
  });

  it('continues a thread, opens a new one when it is gone, and drops one that it never opened', async () => {
    const { userId } = eventFor('threaded');
    const ask = (more: object = {}): Promise<unknown> =>
      world.post(eventFor('threaded', { userId, ...more }));
    const threads = world.mavera.threads().length;
    await ask({ properties: { isBroken: true } });
    await ended('threaded', 'failed');
    await ask();
    await ended('threaded', 'failed', 'done');
    await ask();
    await ended('threaded', 'failed', 'done', 'done');
    expect(world.mavera.threads()).toHaveLength(threads + 1);
    world.mavera.inject({ kind: 'status', status: 404, path: '/mave/chat' });
    await ask();
    await ended('threaded', 'failed', 'done', 'done', 'done');
    expect(world.mavera.threads()).toHaveLength(threads + 2);
    expect(world.runsOf('threaded')).toContainEqual(expect.objectContaining({ reason: 'thread_gone' }));
  });

  it('updates the persona that it has made', async () => {
    const { userId } = eventFor('profiled');
    const personas = world.mavera.personas().length;
    await world.post(eventFor('profiled', { userId }));
    await ended('profiled', 'done');
    await world.post(eventFor('profiled', { userId }));
    await ended('profiled', 'done', 'done');
    expect(world.mavera.personas()).toHaveLength(personas + 1);
  });

  it('recovers the work of a lost answer', async () => {
    world.mavera.inject({ kind: 'cut-after', path: '/personas', method: 'POST' });
    await world.post(eventFor('profiled'));
    const runs = await ended('profiled', 'done');
    expect(runs[0]).toMatchObject({ recovery: 'found' });
  });

  it('dead-letters a run that cannot be done, which can be redriven', async () => {
    world.mavera.inject({ kind: 'status', status: 400, path: '/mave/chat' });
    await world.post(eventFor('ask'));
    await ended('ask', 'failed');
    const notes: string[] = [];
    const note = (text: string): unknown => notes.push(text);
    const output = { ...silent, text: note, note };
    const options = { trigger: 'ask', reason: 'mavera_400' };
    const all = await redriveDeadLetters(world.deployment, [], options, Date.now(), output);
    expect(all, notes.join('\n')).toBe(true);
    await ended('ask', 'failed', 'done');
  });

  it('dead-letters a message that is not a run', async () => {
    const { runQueueUrl: QueueUrl } = world.system.resources;
    await world.system.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no run' }));
    const runs = await ended('unknown', 'failed');
    expect(runs[0]).toMatchObject({ reason: 'message_unreadable' });
  });

  it('reports a result to Segment and to SegOps', async () => {
    const { userId } = eventFor('reported');
    await world.post(eventFor('reported', { userId }));
    await ended('reported', 'done', 'reported', 'reported');
    const reports = world.tracking.events().filter((event) => event.userId === userId);
    expect(reports.map(({ type }) => type).sort()).toEqual(['identify', 'track']);
    const events = world.segops.events().filter((event) => event.user_id === userId);
    expect(events.map((event) => event.event_type)).toEqual([
      'mavera_research_completed',
      'context_identified',
    ]);
  });

  it('looks things up at each system, and starts the run that follows', async () => {
    await world.post(eventFor('looked', { userId: 'u_1010' }));
    await ended('looked', 'done');
    await ended('followed', 'done');
  });

  it('closes the breaker by a probe, and opens it when Mavera refuses the account', async () => {
    await world.system.clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: world.system.resources.tableName,
        Key: { pk: { S: breakerKey } },
        UpdateExpression: 'SET openUntilMs = :past, opens = :one',
        ExpressionAttributeValues: { ':past': { N: `${Date.now() - 1}` }, ':one': { N: '1' } },
      }),
    );
    await world.post(eventFor('ask'));
    const runs = await ended('ask', 'done');
    expect(runs[0]).toMatchObject({ mavera: { breaker: 'closed' } });
    world.mavera.inject({ kind: 'status', status: 401, path: '/mave/chat' });
    await world.post(eventFor('ask'));
    const opened = expect.objectContaining({
      reason: 'mavera_401',
      mavera: expect.objectContaining({ breaker: 'opened' }),
    });
    await expect.poll(() => world.runsOf('ask')).toContainEqual(opened);
  });
});

/** The keys of the ledger's items that hold a text. */
async function itemsWith(text: string): Promise<readonly string[]> {
  const { clients, resources } = world.system;
  const found: string[] = [];
  const pages = paginateScan({ client: clients.dynamodb }, { TableName: resources.tableName });
  for await (const { Items = [] } of pages) {
    found.push(...Items.filter((item) => JSON.stringify(item).includes(text)).map(({ pk }) => pk?.S ?? ''));
  }
  return found;
}

/** Permissions that Lambda needs, for services that are not here. */
const byLambdaItself: readonly Omit<UnusedByDesign, 'functionName'>[] = [
  { action: 'logs:CreateLogStream', reason: 'Lambda writes what a function prints.' },
  { action: 'logs:PutLogEvents', reason: 'Lambda writes what a function prints.' },
  { action: 'xray:PutTraceSegments', reason: 'Lambda writes the traces of a function.' },
  { action: 'xray:PutTelemetryRecords', reason: 'Lambda writes the traces of a function.' },
];

describe('the roles', () => {
  it('permit exactly what these tests have used', () => {
    const { stack, gateway } = world.system;
    const principals = stack.functions.map(({ name, statements }) => ({ functionName: name, statements }));
    const exceptions = stack.functions.flatMap(({ name: functionName }) =>
      byLambdaItself.map((exception) => ({
        ...exception,
        functionName,
      })),
    );
    expect(principals).toHaveLength(5);
    expect(permissionTable(permissionReport({ principals, calls: gateway.calls(), exceptions }))).toBe('');
  });
});
