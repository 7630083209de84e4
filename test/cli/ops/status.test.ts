import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listBudgets } from '../../../cli/ops/budgets/listBudgets.ts';
import { setBudget } from '../../../cli/ops/budgets/setBudget.ts';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { pause } from '../../../cli/ops/pausing/pause.ts';
import { resume } from '../../../cli/ops/pausing/resume.ts';
import { breakerStatus } from '../../../cli/ops/status/readStatus.ts';
import { showStatus } from '../../../cli/ops/status/statusCommand.ts';
import { readBreaker } from '../../../functions/ledger/sharedState.ts';
import { budgetKey } from '../../../functions/run/gates/budgetGate.ts';
import {
  type OpsWorld,
  putDeadLetter,
  runIdOf,
  runMessage,
  startOpsWorld,
  writtenOutput,
} from './opsWorld.ts';

const minuteMs = 60_000;
const nowMs = Date.now();
let ops: OpsWorld;
let deployment: Deployment;

beforeAll(async () => {
  ops = await startOpsWorld();
});

beforeEach(async () => {
  await ops.world.forget('operator#settings');
  deployment = await ops.withFreshQueues();
});

afterAll(() => ops.stop());

async function statusText(): Promise<string> {
  const output = writtenOutput();
  await showStatus(deployment, nowMs, output);
  return output.out();
}

describe('the status of a new system', () => {
  it('says that nothing waits, nothing is paused and nothing was spent', async () => {
    const text = await statusText();
    expect(text).toMatch(/^test system, \d{4}-/);
    expect(text).toContain('intake queue     0 to be delivered, 0 waiting, 0 with a runner');
    expect(text).toContain('oldest open run  none of the last 4 days');
    expect(text).toContain('pace             a slot is free now');
    expect(text).toContain('breaker          closed');
    expect(text).toContain('Mavera account   not read yet');
    expect(text).toContain('paused           nothing');
    expect(text).toContain('No run arrived in the last hour.');
  });
});

describe('the status of a busy system', () => {
  beforeAll(async () => {
    const receivedAtMs = nowMs - 10 * minuteMs;
    await ops.putRun('done-1', { creditsUsed: 23, receivedAtMs });
    await ops.putRun('done-2', { creditsUsed: 1_200, receivedAtMs });
    await ops.putRun('waits', { state: 'waiting', reason: 'pace', receivedAtMs });
    await ops.putRun('skipped', {
      state: 'skipped',
      reason: 'cooldown',
      trigger: 'plan-upgraded',
      receivedAtMs,
    });
    await ops.putRun('failed-long-ago', { state: 'failed', receivedAtMs: nowMs - 90 * minuteMs });
    await ops.putRun('oldest', {
      state: 'waiting',
      reason: 'budget_spent',
      trigger: 'trial-started',
      receivedAtMs: nowMs - 75 * 3_600_000,
    });
    await ops.put('pace#mavera', { nextSlotAtMs: nowMs + 65_000, heldUntilMs: nowMs + 5_000 });
    await ops.put('breaker#mavera', {
      openUntilMs: nowMs + 30_000,
      openedAtMs: nowMs,
      opens: 1,
      reason: 'mavera_503 overloaded',
    });
    await ops.put('usage#mavera', {
      creditsRemaining: 12_345,
      creditsIncluded: 50_000,
      autoRecharge: 0,
      requestsPerMinute: 120,
      readAtMs: nowMs - 3 * minuteMs,
    });
    await ops.put(budgetKey('*', 'month', nowMs), { spentCredits: 900, committedCredits: 1_000 });
    await ops.put(budgetKey('trial-started', 'day', nowMs), { committedCredits: 300 });
    await ops.put(budgetKey('never-seen', 'day', nowMs), { committedCredits: 1 });
  });

  it('shows queues, the oldest open run, pace, breaker and account', async () => {
    await putDeadLetter(deployment, runMessage('x'), 'expired');
    for (const DelaySeconds of [0, 600]) {
      const { runQueueUrl: QueueUrl } = deployment;
      await deployment.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds }));
    }
    const text = await statusText();
    expect(text).toContain('intake queue     1 to be delivered, 1 waiting, 0 with a runner');
    expect(text).toContain('dead letters     1\n');
    expect(text).toContain(
      `oldest open run  3 d 3 h: ${runIdOf('oldest').slice(0, 8)}, trial-started, waiting (budget_spent)`,
    );
    expect(text).toMatch(
      /the next free slot is in 1 min 5 s; Mavera asked all callers to wait until .* \(in 5 s\)/,
    );
    expect(text).toMatch(
      /breaker +open until .* \(in 30 s\) \(mavera_503 overloaded: Mavera answered 503, it is unavailable/,
    );
    expect(text).toContain('12,345 of 50,000 credits left, 120 requests a minute, read 3 min ago');
  });

  it('shows the budgets of all triggers that had runs, and those that operators have set', async () => {
    await setBudget(deployment, 'churn-signal', 500, nowMs, writtenOutput());
    const lines = (await statusText()).split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    const day = new Date(nowMs).toISOString().slice(0, 10);
    expect(lines).toContain('budget of | period (UTC) | spent | spent and reserved | limit');
    expect(lines).toContain(`all triggers | ${day.slice(0, 7)} | 900 | 1,000 | as configured`);
    expect(lines).toContain(`trial-started | ${day} | 0 | 300 | as configured`);
    expect(lines).toContain('churn-signal | - | 500 (operator)');
  });

  it('counts the last hour by trigger, state and reason, with the credits', async () => {
    const lines = (await statusText()).split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines.slice(lines.indexOf('last hour | state | reason | runs | credits'))).toEqual([
      'last hour | state | reason | runs | credits',
      'churn-signal | waiting | pace | 1',
      'churn-signal | done | 2 | 1,223',
      'plan-upgraded | skipped | cooldown | 1',
    ]);
  });

  it('prints the status as one document with --json', async () => {
    const output = writtenOutput(true);
    await showStatus(deployment, nowMs, output);
    expect(output.values).toMatchObject([
      {
        runQueue: { visible: 0, delayed: 0, inFlight: 0 },
        deadLetters: 0,
        oldestOpenRun: { runId: runIdOf('oldest') },
        breaker: { state: 'open', reason: 'mavera_503 overloaded' },
        account: { creditsRemaining: 12_345, autoRecharge: false },
        pausedSinceMs: {},
      },
    ]);
  });
});

describe('the breaker', () => {
  const breaker = (attributes: Readonly<Record<string, number | string>>): unknown =>
    breakerStatus(
      readBreaker(
        Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            typeof value === 'number' ? { N: `${value}` } : { S: value },
          ]),
        ),
      ),
      100,
    );

  it('is closed, open, due for a probe, or being probed', () => {
    expect(breaker({ failures: 2 })).toEqual({ state: 'closed', failures: 2 });
    expect(breaker({ openUntilMs: 101, reason: 'r' })).toMatchObject({ state: 'open', openUntilMs: 101 });
    expect(breaker({ openUntilMs: 100 })).toMatchObject({ state: 'due' });
    expect(breaker({ openUntilMs: 100, probe: 'x', probeUntilMs: 101 })).toMatchObject({
      state: 'probing',
      probe: 'x',
    });
    expect(breaker({ openUntilMs: 100, probe: 'x', probeUntilMs: 99 })).toMatchObject({ state: 'due' });
  });
});

describe('pause and resume', () => {
  it('pause all triggers, and resume them', async () => {
    const output = writtenOutput();
    await pause(deployment, '*', nowMs - minuteMs, output);
    expect(output.out()).toBe(
      'All triggers are paused. This acts within a minute. To go on: npm run ops -- resume --local',
    );
    expect(await statusText()).toMatch(/paused +all triggers since .* \(1 min ago\)/);
    const resumed = writtenOutput();
    await resume(deployment, '*', nowMs, resumed);
    expect(resumed.out()).toBe('All triggers were paused for 1 min; runs go on within a minute.');
    expect(await statusText()).toMatch(/paused +nothing/);
  });

  it('say since when a trigger is already paused, and keep that time', async () => {
    await pause(deployment, 'churn-signal', nowMs - minuteMs, writtenOutput());
    const output = writtenOutput();
    await pause(deployment, 'churn-signal', nowMs, output);
    expect(output.out()).toMatch(/^Trigger churn-signal is already paused, since /);
    const json = writtenOutput(true);
    await pause(deployment, 'churn-signal', nowMs, json);
    expect(json.values).toEqual([
      { trigger: 'churn-signal', pausedSinceMs: nowMs - minuteMs, wasPausedBefore: true },
    ]);
  });

  it('say which triggers stay paused', async () => {
    await pause(deployment, '*', nowMs, writtenOutput());
    await pause(deployment, 'churn-signal', nowMs, writtenOutput());
    const one = writtenOutput();
    await resume(deployment, 'churn-signal', nowMs, one);
    expect(one.notes()).toBe('All triggers are still paused: npm run ops -- resume --local');
    await pause(deployment, 'churn-signal', nowMs, writtenOutput());
    const all = writtenOutput();
    await resume(deployment, '*', nowMs, all);
    expect(all.notes()).toBe('Still paused by name: churn-signal.');
    const none = writtenOutput();
    await resume(deployment, '*', nowMs, none);
    expect(none.out()).toBe('All triggers were not paused.');
  });

  it('warn of a trigger that had no run in the last days', async () => {
    const known = writtenOutput();
    await pause(deployment, 'trial-started', nowMs, known);
    expect(known.notes()).toBe('');
    const unknown = writtenOutput();
    await pause(deployment, 'trail-started', nowMs, unknown);
    expect(unknown.notes()).toContain('trigger "trail-started" had no run in the last 4 days');
  });
});

describe('budget set and budget list', () => {
  it('override the configured credits, and restore them', async () => {
    const output = writtenOutput();
    await setBudget(deployment, '*', 5_000, nowMs, output);
    await setBudget(deployment, '*', 'default', nowMs, output);
    expect(output.out().split('\n')).toEqual([
      'The budget of all triggers together is now 5,000 credits; it was as configured. This acts within a minute.',
      'The budget of all triggers together is now as configured; it was 5,000 credits. This acts within a minute.',
    ]);
  });

  it('list what was spent, and what operators have set', async () => {
    await setBudget(deployment, 'trial-started', 0, nowMs, writtenOutput());
    const output = writtenOutput(true);
    await listBudgets(deployment, nowMs, output);
    expect(output.values).toEqual([
      {
        trigger: '*',
        period: new Date(nowMs).toISOString().slice(0, 7),
        spentCredits: 900,
        committedCredits: 1_000,
      },
      {
        trigger: 'trial-started',
        period: new Date(nowMs).toISOString().slice(0, 10),
        spentCredits: 0,
        committedCredits: 300,
        operatorCredits: 0,
      },
    ]);
  });
});
