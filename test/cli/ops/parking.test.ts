import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { listParkedRuns } from '../../../cli/ops/runs/listParkedRuns.ts';
import { showRun } from '../../../cli/ops/runs/showRun.ts';
import { showStatus } from '../../../cli/ops/status/statusCommand.ts';
import {
  DispatcherState,
  type DispatchReport,
  type LaneReport,
} from '../../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import { reasons } from '../../../functions/run/reasons.ts';
import { type OpsWorld, runIdOf, startOpsWorld, type Written, writtenOutput } from './opsWorld.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const nowMs = Date.now();
let ops: OpsWorld;
let deployment: Deployment;

beforeAll(async () => {
  ops = await startOpsWorld();
  await ops.putRun('first', {
    state: 'waiting',
    reason: 'trigger_paused',
    receivedAtMs: nowMs - 3 * hourMs,
    updatedAtMs: nowMs - 2 * hourMs,
  });
  await ops.park('first', { orderMs: nowMs - 3 * hourMs });
  await ops.park('second', { orderMs: nowMs - 2 * hourMs });
  await ops.park('other', { trigger: 'trial-started', orderMs: nowMs - hourMs });
  await ops.park('asks', { lane: approvalLane, orderMs: nowMs - 26 * hourMs });
  await ops.park('later', { lane: notBeforeLane, orderMs: nowMs + 5 * minuteMs });
});

beforeEach(async () => {
  await ops.world.forget('dispatcher');
  await ops.world.forget('dispatcherReport');
  deployment = await ops.withFreshQueues();
});

afterAll(() => ops.stop());

async function status(isJson = false): Promise<Written> {
  const output = writtenOutput(isJson);
  await showStatus(deployment, nowMs, output);
  return output;
}

async function statusLines(): Promise<readonly string[]> {
  return (await status())
    .out()
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, ' | '));
}

const lane = (changes: Partial<LaneReport>): LaneReport => ({
  lane: 'churn-signal',
  count: 2,
  isExact: true,
  countedAtMs: nowMs - 5_000,
  oldestMs: nowMs - 3 * hourMs,
  ...changes,
});

async function putReport(lanes: readonly LaneReport[], atMs = nowMs - 5_000): Promise<void> {
  const report: DispatchReport = { atMs, lanes };
  await ops.put('dispatcher', { aliveAtMs: atMs });
  await ops.put('dispatcherReport', { report: JSON.stringify(report) });
}

it('status also counts lanes in which runs were parked since the last pass', async () => {
  const state = new DispatcherState(new LedgerTable(deployment.dynamodb, deployment.tableName));
  await state.take('d', nowMs - 5_000, nowMs);
  await state.finish('d', { nowMs: nowMs - 5_000, waiting: [], slotsWantedUntilMs: 0 });
  await state.keepReport({ atMs: nowMs - 5_000, lanes: [] });
  await state.noteWaiting('churn-signal', undefined);
  expect(await statusLines()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^churn-signal \| 2 \| exactly, now/)]),
  );
});

describe('the status of parked runs', () => {
  it('has a line for each lane: how many, since when, when the next one goes, and why they wait', async () => {
    await putReport([
      lane({ count: 99_810, isExact: false, countedAtMs: nowMs - 4 * minuteMs, reason: 'budget_spent' }),
      lane({ lane: 'trial-started', oldestMs: nowMs - 40_000, nextSlotAtMs: nowMs + 12_000 }),
      lane({ lane: approvalLane, count: 1, oldestMs: nowMs - 26 * hourMs }),
      lane({ lane: notBeforeLane, count: 1, oldestMs: nowMs + 5 * minuteMs }),
      lane({ lane: 'empty', count: 0 }),
    ]);
    const lines = await statusLines();
    expect(lines).toContain('dispatcher | last pass 5 s ago');
    const start = lines.indexOf('parked runs | runs | counted | oldest | next one goes | why they wait');
    expect(lines.slice(start + 1, start + 6)).toEqual([
      `churn-signal | 99,810 | about, 4 min ago | 3 h | ${reasons.budget_spent}`,
      'trial-started | 2 | exactly, now | 40 s | in 12 s | Each waits for its rate-limit slot; they go in turn with those of other triggers, oldest first.',
      'waiting for approval | 1 | exactly, now | 1 d 2 h | Each waits until somebody approves or denies it.',
      'waiting for a known time | 1 | exactly, now | in 5 min | Each waits until a time that is known, for example the end of a collection.',
      '',
    ]);
    expect((await status()).out()).not.toContain('THE DISPATCHER');
  });

  it('warns loudly if the dispatcher has not finished a pass for 3 minutes, and counts the lanes itself', async () => {
    await putReport([lane({ count: 7 })], nowMs - 3 * minuteMs - 1_000);
    const text = (await status()).out();
    expect(text.split('\n\n')[1]).toBe(
      'THE DISPATCHER IS NOT RUNNING. 5 parked runs do not go on; new runs wait in the intake queue.\n' +
        'What to do: docs/runbook.md, DispatcherNotFinished. If it cannot be repaired soon:\n' +
        'npm run ops -- unpark --all --yes --local puts the parked runs back into the intake queue.',
    );
    const lines = await statusLines();
    expect(lines).toContain('dispatcher | NOT RUNNING: last pass 3 min 1 s ago');
    expect(lines.filter((line) => line.includes('exactly, now'))).toEqual([
      expect.stringMatching(/^churn-signal \| 2 \| exactly, now \| 3 h \|/),
      expect.stringMatching(/^trial-started \| 1 \|/),
      expect.stringMatching(/^waiting for approval \| 1 \|/),
      expect.stringMatching(/^waiting for a known time \| 1 \|/),
    ]);
  });

  it('says that an operator has turned parking off, and how to turn it on again', async () => {
    await ops.put('dispatcher', { aliveAtMs: nowMs - hourMs, parkingOffUntilMs: nowMs + 30 * minuteMs });
    const text = (await status()).out();
    expect(text).toContain('PARKING IS OFF. 5 parked runs stay where they are');
    expect(text).toContain('npm run ops -- unpark --resume --local');
    expect(text).toMatch(/dispatcher +an operator has turned parking off until .* \(in 30 min\)/);
    expect(text).not.toContain('NOT RUNNING');
  });

  it('warns of nothing in a release without a dispatcher, where nothing is parked', async () => {
    const tableName = await ops.world.newTable();
    const output = writtenOutput();
    await showStatus({ ...deployment, tableName }, nowMs, output);
    expect(output.out()).toMatch(/dispatcher +it has never finished a pass/);
    expect(output.out()).toContain('No run is parked.');
    expect(output.out()).not.toContain('NOT RUNNING');
    expect(output.out()).not.toContain('bulk queue');
  });

  it('shows the bulk queue and the ready queue', async () => {
    const { bulkQueueUrl, readyQueueUrl } = {
      bulkQueueUrl: await ops.world.newQueue(),
      readyQueueUrl: await ops.world.newQueue(),
    };
    await deployment.sqs.send(new SendMessageCommand({ QueueUrl: bulkQueueUrl, MessageBody: 'x' }));
    deployment = { ...deployment, bulkQueueUrl, readyQueueUrl };
    const text = (await status()).out();
    expect(text).toMatch(/intake queue +0 to be delivered, 0 waiting, 0 with a runner\n/);
    expect(text).toMatch(/bulk queue +1 to be delivered, 0 waiting, 0 with a runner\n/);
    expect(text).toMatch(/ready queue +0 to be delivered/);
  });

  it('has the lanes in the document of --json', async () => {
    await putReport([lane({ reason: 'budget_spent' })]);
    expect((await status(true)).values).toMatchObject([
      {
        parking: {
          dispatcherAliveAtMs: nowMs - 5_000,
          parkingOffUntilMs: 0,
          lanes: [{ lane: 'churn-signal', count: 2, isExact: true, reason: 'budget_spent' }],
        },
      },
    ]);
  });
});

describe('runs list --parked', () => {
  const list = async (
    options: Partial<Parameters<typeof listParkedRuns>[1]>,
    isJson = false,
  ): Promise<Written> => {
    const output = writtenOutput(isJson);
    await listParkedRuns(deployment, { limit: 50, ...options }, nowMs, output);
    return output;
  };
  const ids = async (options: Partial<Parameters<typeof listParkedRuns>[1]>): Promise<readonly unknown[]> =>
    (await list(options, true)).values.map((run) => (run as { runId: string }).runId);

  it('shows the runs of all lanes in the order of their places', async () => {
    expect(await ids({})).toEqual(['asks', 'first', 'second', 'other', 'later'].map(runIdOf));
    const lines = (await list({})).out().split('\n');
    expect(lines[0]).toMatch(/^place +run +trigger +lane +reason +waits for +ends at +credits$/);
    expect(lines[2]?.slice(21).replace(/ {2,}/g, ' | ')).toMatch(
      new RegExp(
        `^${runIdOf('first').slice(0, 8)} \\| churn-signal \\| churn-signal \\| trigger_paused \\| 2 h \\| \\S+ \\S+ \\| 20$`,
      ),
    );
    expect(lines[5]).toContain('waiting for a known time');
  });

  it('selects the runs of a trigger, in its own lane and in those that all share', async () => {
    expect(await ids({ trigger: 'churn-signal' })).toEqual(['asks', 'first', 'second', 'later'].map(runIdOf));
    expect(await ids({ trigger: 'trial-started' })).toEqual([runIdOf('other')]);
    expect((await list({ trigger: 'nobody' })).out()).toBe('No run of nobody is parked.');
  });

  it('says if there are more than it shows', async () => {
    const output = await list({ limit: 2 });
    expect(output.out().split('\n')).toHaveLength(3);
    expect(output.notes()).toBe('There are more than 2: raise --limit, or name a trigger.');
    expect((await list({ limit: 5 })).notes()).toBe('');
  });

  it('prints order, lane, trigger, since when and until when it waits, and credits with --json', async () => {
    const { values } = await list({ trigger: 'churn-signal' }, true);
    expect(values[1]).toEqual({
      runId: runIdOf('first'),
      lane: 'churn-signal',
      trigger: 'churn-signal',
      number: 1,
      orderMs: nowMs - 3 * hourMs,
      endsAtMs: expect.any(Number),
      credits: 20,
      sinceMs: nowMs - 2 * hourMs,
      reason: 'trigger_paused',
    });
  });
});

describe('runs show', () => {
  it('says that a run is parked, in which lane, and since when', async () => {
    const output = writtenOutput();
    await showRun(deployment, runIdOf('first'), nowMs, output);
    expect(output.out()).toMatch(
      /It has been parked since .* \(2 h ago\), with the runs of churn-signal: .* An operator has paused this trigger/,
    );
    const json = writtenOutput(true);
    await showRun(deployment, runIdOf('first'), nowMs, json);
    expect(json.values).toMatchObject([{ parked: { lane: 'churn-signal', number: 1 } }]);
  });

  it('shows the event of a run that was parked before anything was kept of it', async () => {
    const json = writtenOutput(true);
    await showRun(deployment, runIdOf('first'), nowMs, json);
    expect(json.values).toMatchObject([{ events: [{ type: 'track', event: expect.any(String) }] }]);
  });
});
