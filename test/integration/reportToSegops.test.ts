import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPersona, defineTriggers, trigger } from '../../functions/index.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { SegopsReports } from '../../functions/ledger/segopsReports.ts';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { ResultsTopic } from '../../functions/results/resultsTopic.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import { parseSegOpsApiCredentials } from '../../functions/systems/segops/credentials.ts';
import type { Fault } from '../../simulators/http/fault.ts';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { startTrackingServer, type TrackingServer } from '../../simulators/segment/trackingServer.ts';
import {
  localSegOps,
  type SegOpsSimulator,
  startSegOpsSimulator,
} from '../../simulators/segops/segOpsSimulator.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { CallLostError, type Loss, loseCalls, newClient } from './troubledLedger.ts';
import { drain, startWorld, type World } from './world.ts';

const when = 'event = "x"';
const batchPath = '/ingestion/track/batch/';
const triggers = defineTriggers([
  trigger(
    {
      name: 'report',
      when,
      toSegOps: { track: true, identify: ({ result }) => ({ persona: result.personaId }) },
    },
    createPersona(() => ({ name: 'Ann' })),
  ),
  {
    name: 'both',
    when,
    run: createPersona(() => ({ name: 'Ann' })),
    toSegment: { track: true },
    toSegOps: { track: true },
  },
  {
    name: 'bad-traits',
    when,
    run: createPersona(() => ({ name: 'Ann' })),
    toSegOps: { identify: () => 'no traits' as unknown as Record<string, unknown> },
  },
]);

let world: World;
let runner: TestRunner;
let segops: SegOpsSimulator;
let tracking: TrackingServer;
/** How far the clock is ahead of the real time, so that a test does not have to wait. */
let aheadMs = 0;
let apiKey: readonly string[];

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  aheadMs = 0;
  apiKey = [localSegOps.apiKey];
  const now = (): number => Date.now() + aheadMs;
  segops = await startSegOpsSimulator({ requestsPerMinute: 100_000, now });
  tracking = await startTrackingServer({ writeKey: 'write-key' });
  runner = await startRunner(segops.baseUrl);
});

/** A runner that reports to SegOps at this URL. */
async function startRunner(baseUrl: string): Promise<TestRunner> {
  const now = (): number => Date.now() + aheadMs;
  const secret = new CachedSecret({
    fetch: async () => parseSegOpsApiCredentials({ apiKey }),
    now,
    onTrouble: () => undefined,
    maxAgeMs: 300_000,
    earlyRefreshEveryMs: 60_000,
    retryEveryMs: 10_000,
  });
  return await startTestRunner(world, triggers, {
    now,
    trackingUrl: tracking.baseUrl,
    systems: { segops: { baseUrl, secret, requestsPerMinute: 100_000 } },
  });
}

afterEach(async () => {
  await Promise.all([runner.stop(), segops.stop(), tracking.stop()]);
});

/** Messages in the run queue, once so many are there. */
async function queued(count: number): Promise<readonly RunMessage[]> {
  const messages: RunMessage[] = [];
  for (let tries = 0; tries < 200 && messages.length < count; tries += 1) {
    const found = await drain(world.clients.sqs, runner.runQueueUrl);
    messages.push(...found.map(({ Body = '' }) => parseRunMessage(Body)));
    await sleep(messages.length < count ? 50 : 0);
  }
  expect(messages).toHaveLength(count);
  return messages;
}

/** Makes a run, and brings the message that reports its result to SegOps. */
async function doneRun(more: Partial<RunMessage> = {}): Promise<RunMessage> {
  const run = runner.runOf('report', { deadlineAtMs: Date.now() + 86_400_000, ...more });
  expect(await runner.deliver(run)).toMatchObject({ outcome: 'done' });
  const [report] = await queued(1);
  if (report === undefined) {
    throw new Error('There is no report');
  }
  return report;
}

/** How often SegOps has the result of a run. */
function arrivals({ runId }: RunMessage): number {
  return segops.receivedByRun().get(runId) ?? 0;
}

function next(report: RunMessage, attempts: number): RunMessage {
  return { ...report, report: { attempts, to: 'segops' } };
}

describe('a result that is reported to SegOps', () => {
  it('arrives as an event and as traits of the user', async () => {
    const report = await doneRun();
    expect(report).toMatchObject({ version: 2, report: { attempts: 0, to: 'segops' } });
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'reported', isResent: false });
    const personaId = runner.mavera.personas()[0]?.id;
    expect(segops.events()).toMatchObject([
      {
        user_id: 'u-1',
        event_type: 'mavera_research_completed',
        payload: { run_id: report.runId, trigger: 'report', credits_used: 300, result: { personaId } },
      },
      { user_id: 'u-1', event_type: 'context_identified', payload: { persona: personaId } },
    ]);
    expect(await runner.itemOf(report)).toMatchObject({
      state: 'done',
      segopsReport: 'sent',
      segopsReportSends: 1,
    });
  });

  it('is sent once, however often its message comes', async () => {
    const report = await doneRun();
    const all = await Promise.all(Array.from({ length: 10 }, () => runner.deliver(report)));
    expect(all.filter(({ outcome }) => outcome === 'reported')).toHaveLength(1);
    expect(all.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(9);
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'repeated', reason: 'finished_before' });
    expect(arrivals(report)).toBe(1);
  });

  it('is sent by the next delivery when the first one ended before it queued the report', async () => {
    const run = runner.runOf('report');
    const { results } = runner.dependencies;
    const nowhere = new ResultsTopic(world.clients.sns, 'arn:aws:sns:us-east-1:000000000000:nowhere');
    runner.dependencies = { ...runner.dependencies, results: nowhere };
    await expect(runner.deliver(run)).rejects.toThrow();
    runner.dependencies = { ...runner.dependencies, results };
    expect(await runner.deliver(run, 2)).toMatchObject({ outcome: 'repeated' });
    const [report] = await queued(1);
    expect(await runner.deliver(report ?? run)).toMatchObject({ outcome: 'reported' });
    expect(arrivals(run)).toBe(1);
  });

  it('is not sent for an event without a user id', async () => {
    const { event } = runner.runOf('report');
    const report = await doneRun({ event: { ...event, userId: undefined, anonymousId: 'a-1' } });
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'reported', reason: 'nothing_to_report' });
    expect(segops.calls()).toEqual([]);
    expect(await runner.itemOf(report)).not.toHaveProperty('segopsReport');
  });

  it('does not repeat the report to Segment, nor does that one repeat it', async () => {
    const run = runner.runOf('both', { deadlineAtMs: Date.now() + 86_400_000 });
    await runner.deliver(run);
    const messages = await queued(2);
    expect(messages.map(({ report }) => report?.to)).toEqual(expect.arrayContaining([undefined, 'segops']));
    segops.inject({ kind: 'status', path: batchPath, status: 503 });
    const outcomes = await Promise.all(messages.map((message) => runner.deliver(message)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['reported', 'waiting']);
    expect([tracking.events().length, arrivals(run)]).toEqual([1, 0]);
    expect(await runner.itemOf(run)).toMatchObject({ segmentReport: 'sent', segopsReport: 'waiting' });
    const report = messages.find(({ report }) => report?.to === 'segops') ?? run;
    expect(await runner.deliver(next(report, 1))).toMatchObject({ outcome: 'reported' });
    expect([tracking.events().length, arrivals(run)]).toEqual([1, 1]);
  });
});

describe('a report that SegOps does not take', () => {
  it('waits as long as a 429 asks for, and no longer counts against the limit of attempts', async () => {
    const report = await doneRun();
    segops.inject({ kind: 'status', path: batchPath, status: 429, retryAfter: 120 });
    const waiting = await runner.deliver(next(report, 9));
    expect(waiting).toMatchObject({ outcome: 'waiting', reason: 'segops_unavailable', waitMs: 120_000 });
    expect(await runner.itemOf(report)).toMatchObject({ segopsReport: 'waiting', segopsReportSends: 0 });
    // Nobody calls SegOps meanwhile, whichever report it is.
    expect(await runner.deliver(next(report, 9))).toMatchObject({
      outcome: 'waiting',
      reason: 'system_busy',
    });
    expect(segops.calls()).toHaveLength(1);
    aheadMs = 121_000;
    expect(await runner.deliver(next(report, 9))).toMatchObject({ outcome: 'reported', isResent: false });
    expect(arrivals(report)).toBe(1);
  });

  it('waits at most until the deadline of its run, however long SegOps asks to wait', async () => {
    const report = await doneRun({ deadlineAtMs: Date.now() + 60_000 });
    segops.inject({ kind: 'status', path: batchPath, status: 429, retryAfter: 600 });
    const { outcome, waitMs } = await runner.deliver(report);
    expect(outcome).toBe('waiting');
    expect(waitMs).toBeLessThanOrEqual(60_000);
  });

  it.each([500, 502, 503])('is tried again with a backoff after a %s', async (status) => {
    const report = await doneRun();
    segops.inject({ kind: 'status', path: batchPath, status, times: 2 });
    const [first, second] = [await runner.deliver(report), await runner.deliver(next(report, 1))];
    expect([first.outcome, second.outcome]).toEqual(['waiting', 'waiting']);
    expect(second.waitMs).toBeGreaterThan(first.waitMs ?? 0);
    expect(await runner.deliver(next(report, 2))).toMatchObject({ outcome: 'reported' });
    expect(arrivals(report)).toBe(1);
  });

  it('is dead-lettered after ten attempts, and its run stays done', async () => {
    const report = await doneRun();
    segops.inject({ kind: 'status', path: batchPath, status: 503 });
    const failed = { outcome: 'failed', reason: 'segops_report_failed' };
    expect(await runner.deliver(next(report, 9))).toMatchObject(failed);
    expect(await runner.itemOf(report)).toMatchObject({ state: 'done', segopsReport: 'failed' });
    expect(await runner.deadLetters()).toEqual([
      expect.objectContaining({ reason: 'segops_report_failed', detail: expect.stringContaining('503') }),
    ]);
    expect(runner.mavera.personas()).toHaveLength(1);
  });

  it('is dead-lettered at once when SegOps refuses it, and can be redriven', async () => {
    const report = await doneRun();
    segops.inject({ kind: 'status', path: batchPath, status: 400 });
    const failed = { outcome: 'failed', reason: 'segops_report_failed', isResent: false };
    expect(await runner.deliver(report)).toMatchObject(failed);
    const [letter] = await runner.deadLetters();
    expect(await runner.deliver(letter?.body ?? '')).toMatchObject({ outcome: 'reported', isResent: false });
    expect(arrivals(report)).toBe(1);
  });

  it.each([
    [{ queued: 0, skipped: 2 }, 'SegOps has dropped 2 of 2 events', 0],
    [{ queued: 1, skipped: 1 }, 'it has taken the other one, which a redrive would send again', 1],
  ])('fails when SegOps drops events and answers 202 all the same: %j', async (answer, detail, sends) => {
    const server = createServer((_request, response) => response.writeHead(202).end(JSON.stringify(answer)));
    await runner.stop();
    runner = await startRunner(`http://127.0.0.1:${await listen(server, 0)}`);
    const report = await doneRun();
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'failed', reason: 'segops_report_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain(detail);
    const noted = { segopsReport: 'failed', segopsReportSends: sends };
    expect(await runner.itemOf(report)).toMatchObject(noted);
    expect(await runner.deliver(report)).toMatchObject({ isResent: sends > 0 });
    await closeServer(server);
  });

  it('fails when its traits function does not return an object, and its run stays done', async () => {
    const run = runner.runOf('bad-traits');
    await runner.deliver(run);
    const [report = run] = await queued(1);
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'failed', reason: 'segops_report_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain('an object of traits');
    expect(await runner.itemOf(run)).toMatchObject({ state: 'done', segopsReport: 'failed' });
    expect(segops.calls()).toEqual([]);
  });

  it('fails when access.ts does not grant it, with nothing called', async () => {
    await runner.stop();
    runner = await startTestRunner(world, triggers, {
      grants: { 'trigger/report': { 'mavera.personas': 'write', 'mavera.usage': 'read' } },
    });
    const report = { ...runner.runOf('report'), version: 2, report: { attempts: 0, to: 'segops' } } as const;
    await putDone(report);
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'failed', reason: 'not_allowed' });
    expect(await runner.itemOf(report)).toMatchObject({ segopsReport: 'failed', segopsReportSends: 0 });
  });
});

describe('a report without an API key that SegOps accepts', () => {
  const waiting = { outcome: 'waiting', reason: 'segops_key_missing' };

  it('waits for the key, which counts as no attempt', async () => {
    apiKey = [];
    const report = await doneRun();
    expect(await runner.deliver(next(report, 9))).toMatchObject(waiting);
    expect(segops.calls()).toEqual([]);
    apiKey = [localSegOps.apiKey];
    aheadMs = 600_000;
    expect(await runner.deliver(next(report, 9))).toMatchObject({ outcome: 'reported', isResent: false });
    expect(arrivals(report)).toBe(1);
  });

  it('waits while SegOps does not accept the key', async () => {
    apiKey = ['sk_wrong'];
    const report = await doneRun();
    expect(await runner.deliver(next(report, 9))).toMatchObject(waiting);
    apiKey = [localSegOps.apiKey];
    aheadMs = 600_000;
    expect(await runner.deliver(next(report, 9))).toMatchObject({ outcome: 'reported', isResent: false });
    expect(arrivals(report)).toBe(1);
  });

  it('is dead-lettered at the deadline of its run', async () => {
    apiKey = [];
    const report = await doneRun();
    aheadMs = 2 * 86_400_000;
    expect(await runner.deliver(report)).toMatchObject({ outcome: 'failed', reason: 'segops_report_failed' });
    expect((await runner.deadLetters())[0]?.detail).toContain('no key');
  });
});

describe('a report that may have arrived', () => {
  it.each(['cut-after', 'truncated', 'html'] as const)(
    'is sent again when its answer was lost, and counted, because SegOps may have it twice: %s',
    async (kind) => {
      const report = await doneRun();
      segops.inject({
        kind,
        path: batchPath,
        ...(kind === 'html' ? { status: 502, work: 'done' } : {}),
      } as Fault);
      expect(await runner.deliver(report)).toMatchObject({ outcome: 'waiting', isResent: false });
      expect(await runner.deliver(next(report, 1))).toMatchObject({ outcome: 'reported', isResent: true });
      expect(arrivals(report)).toBe(2);
      expect(await runner.itemOf(report)).toMatchObject({ segopsReport: 'sent', segopsReportSends: 2 });
      expect(await runner.deliver(next(report, 1))).toMatchObject({ outcome: 'repeated' });
      expect(arrivals(report)).toBe(2);
    },
  );

  it('is sent again, and counted, when the runner died between the answer and its note', async () => {
    const report = await doneRun();
    const { segopsReports } = runner.dependencies;
    await loseNotes((updates) => (updates === 2 ? 'before' : undefined));
    await expect(runner.deliver(report)).rejects.toThrow(CallLostError);
    runner.dependencies = { ...runner.dependencies, segopsReports };
    expect(arrivals(report)).toBe(1);
    // The message comes back too early, and then in time.
    const early = await runner.deliver(report, 2);
    expect(early).toMatchObject({ outcome: 'repeated', reason: 'held_by_another' });
    expect(arrivals(report)).toBe(1);
    aheadMs = (early.waitMs ?? 0) + 1_000;
    expect(await runner.deliver(report, 3)).toMatchObject({ outcome: 'reported', isResent: true });
    expect(arrivals(report)).toBe(2);
  });

  it('is not sent again when the runner died after the note', async () => {
    const report = await doneRun();
    const { segopsReports } = runner.dependencies;
    await loseNotes((updates) => (updates === 2 ? 'after' : undefined));
    await expect(runner.deliver(report)).rejects.toThrow(CallLostError);
    runner.dependencies = { ...runner.dependencies, segopsReports };
    expect(await runner.deliver(report, 2)).toMatchObject({ outcome: 'repeated', reason: 'finished_before' });
    expect(arrivals(report)).toBe(1);
  });

  it('is not sent when the runner cannot note that it is about to', async () => {
    const report = await doneRun();
    const { segopsReports } = runner.dependencies;
    await loseNotes((updates) => (updates === 1 ? 'before' : undefined));
    await expect(runner.deliver(report)).rejects.toThrow(CallLostError);
    runner.dependencies = { ...runner.dependencies, segopsReports };
    expect(segops.calls()).toEqual([]);
    expect(await runner.deliver(report, 2)).toMatchObject({ outcome: 'reported', isResent: false });
    expect(arrivals(report)).toBe(1);
  });
});

/** Lets the notes of reports be lost, by the number of the update. */
async function loseNotes(lose: (updates: number) => Loss): Promise<void> {
  const client = await newClient(world);
  let updates = 0;
  loseCalls(client, () => {
    updates += 1;
    return lose(updates);
  });
  const segopsReports = new SegopsReports(new LedgerTable(client, runner.table));
  runner.dependencies = { ...runner.dependencies, segopsReports };
}

/** Notes in the ledger that a run is done. */
async function putDone({ runId }: RunMessage): Promise<void> {
  const Item = {
    pk: { S: `run#${runId}` },
    state: { S: 'done' },
    result: { S: '{"personaId":"p-1"}' },
    updatedAtMs: { N: '1' },
  };
  await world.clients.dynamodb.send(new PutItemCommand({ TableName: runner.table, Item }));
}
