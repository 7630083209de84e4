import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { listRuns } from '../../../cli/ops/runs/listRuns.ts';
import { redriveRuns } from '../../../cli/ops/runs/redriveRuns.ts';
import { showRun } from '../../../cli/ops/runs/showRun.ts';
import { counterAttributes } from '../../../functions/ledger/counters.ts';
import { parseRunMessage, type RunMessage } from '../../../functions/queue/runMessage.ts';
import { drain } from '../../integration/world.ts';
import { type OpsWorld, runIdOf, startOpsWorld, trackEvent, writtenOutput } from './opsWorld.ts';

const hourMs = 3_600_000;
const nowMs = Date.now();
let ops: OpsWorld;
let deployment: Deployment;

beforeAll(async () => {
  ops = await startOpsWorld();
  await ops.putRun('done', {
    receivedAtMs: nowMs - 60_000,
    creditsUsed: 1_200,
    result: '{"content":"Because."}',
  });
  await ops.putRun(
    'failed',
    {
      receivedAtMs: nowMs - 2 * hourMs,
      state: 'failed',
      reason: 'mavera_422',
      detail: 'Mavera said: no.',
      trigger: 'plan-upgraded',
      creditsReserved: 50,
      budgets: ['budget#*#2026-11', 'budget#plan-upgraded#2026-11-21'],
      history: JSON.stringify([
        { atMs: nowMs - 2 * hourMs, what: 'taken' },
        { atMs: nowMs - 2 * hourMs, what: 'waits', reason: 'pace', untilMs: nowMs - hourMs, times: 2 },
        { atMs: nowMs - hourMs, what: 'failed', reason: 'mavera_422' },
      ]),
    },
    trackEvent('failed'),
  );
  await ops.putRun('skipped', {
    receivedAtMs: nowMs - 3 * hourMs,
    state: 'skipped',
    reason: 'cooldown',
    userId: 'u-2',
  });
  await ops.putRun('old', { receivedAtMs: nowMs - 49 * hourMs, state: 'failed', reason: 'expired' });
  await ops.put('claim#1', { state: 'queued' });
});

afterAll(() => ops.stop());

beforeEach(async () => {
  deployment = await ops.withFreshQueues();
});

async function listed(options: Partial<Parameters<typeof listRuns>[1]>): Promise<readonly unknown[]> {
  const output = writtenOutput(true);
  await listRuns(deployment, { limit: 50, ...options }, nowMs, output);
  return output.values.map((run) => (run as { messageId: string }).messageId);
}

async function queued(): Promise<readonly RunMessage[]> {
  const messages = await drain(deployment.sqs, deployment.runQueueUrl);
  return messages.map(({ Body }) => parseRunMessage(Body ?? ''));
}

describe('runs list', () => {
  it('shows the runs of the last day, newest first', async () => {
    const output = writtenOutput();
    await listRuns(deployment, { limit: 50 }, nowMs, output);
    const lines = output.out().split('\n');
    expect(lines[0]).toBe('received             run       trigger        user  state    reason      credits');
    expect(lines.slice(1).map((line) => line.slice(21))).toEqual([
      `${runIdOf('done').slice(0, 8)}  churn-signal   u-1   done                   1,200`,
      `${runIdOf('failed').slice(0, 8)}  plan-upgraded  u-1   failed   mavera_422`,
      `${runIdOf('skipped').slice(0, 8)}  churn-signal   u-2   skipped  cooldown`,
    ]);
  });

  it('selects runs by trigger, user, state and time', async () => {
    expect(await listed({ trigger: 'plan-upgraded' })).toEqual(['failed']);
    expect(await listed({ user: 'u-2' })).toEqual(['skipped']);
    expect(await listed({ state: 'failed' })).toEqual(['failed']);
    expect(await listed({ state: 'failed', since: nowMs - 72 * hourMs })).toEqual(['failed', 'old']);
    expect(await listed({ since: nowMs - hourMs })).toEqual(['done']);
  });

  it('says if there are more runs than it shows, and if there are none', async () => {
    const output = writtenOutput();
    await listRuns(deployment, { limit: 2 }, nowMs, output);
    expect(output.out().split('\n')).toHaveLength(3);
    expect(output.notes()).toContain('more than 2: raise --limit');
    const empty = writtenOutput();
    await listRuns(deployment, { limit: 2, trigger: 'nobody' }, nowMs, empty);
    expect(empty.out()).toMatch(/^No run since \d{4}-.* matches/);
  });

  it('prints the whole entry of the index with --json', async () => {
    const output = writtenOutput(true);
    await listRuns(deployment, { limit: 1 }, nowMs, output);
    expect(output.values).toEqual([
      {
        runId: runIdOf('done'),
        receivedAtMs: nowMs - 60_000,
        updatedAtMs: nowMs - 59_000,
        trigger: 'churn-signal',
        state: 'done',
        userId: 'u-1',
        messageId: 'done',
        creditsUsed: 1_200,
        attempts: 1,
      },
    ]);
  });
});

describe('runs show', () => {
  it('explains a run: its state, history, request and event', async () => {
    const output = writtenOutput();
    await showRun(deployment, runIdOf('failed').slice(0, 6), nowMs, output);
    const text = output.out();
    expect(text).toContain(`run ${runIdOf('failed')}\nIt failed. Mavera answered 422`);
    expect(text).toContain('\nMavera said: no.\n');
    expect(text).toContain(`npm run ops -- runs redrive ${runIdOf('failed').slice(0, 8)} --local`);
    expect(text).toContain('event        track "churn_signal"');
    expect(text).toContain('credits      50 reserved in budget#*#2026-11, budget#plan-upgraded#2026-11-21');
    expect(text).toMatch(/What happened\n.*A runner took it\.\n.*for the 2nd time in a row.*\n.*It failed/);
    expect(text).toContain('Request\nPOST /mave/chat\n{\n  "message": "Why?"\n}');
    expect(text).toContain('"ltv": 5');
  });

  it('shows the answer of a done run', async () => {
    const output = writtenOutput();
    await showRun(deployment, runIdOf('done'), nowMs, output);
    expect(output.out()).toContain('It is done and used 1,200 credits.');
    expect(output.out()).toContain('Answer\n{\n  "content": "Because."\n}');
  });

  it('prints the explanation as one document with --json', async () => {
    const output = writtenOutput(true);
    await showRun(deployment, runIdOf('failed'), nowMs, output);
    expect(output.values).toMatchObject([
      {
        runId: runIdOf('failed'),
        state: 'failed',
        explanation: 'It failed. Mavera answered 422, the request cannot be processed.',
        advice: expect.stringContaining('runs redrive'),
        budgets: ['budget#*#2026-11', 'budget#plan-upgraded#2026-11-21'],
        history: [
          { what: 'taken', explanation: 'A runner took it.' },
          { what: 'waits', times: 2 },
          { what: 'failed' },
        ],
        request: { method: 'POST' },
        events: [{ type: 'track' }],
      },
    ]);
  });

  it('names the run that was made for a collected event', async () => {
    const collection = `${runIdOf('performer')}-1`;
    await ops.put(`collected#${collection}#0`, { runId: runIdOf('performer') });
    await ops.putRun('member', {
      state: 'skipped',
      reason: 'collected',
      collection,
      receivedAtMs: nowMs - 30 * hourMs,
    });
    const output = writtenOutput();
    await showRun(deployment, runIdOf('member'), nowMs, output);
    expect(output.out()).toContain(`That is run ${runIdOf('performer').slice(0, 8)}.`);
  });

  it('shows what the events of a tally counted as, and how many names were beyond its bounds', async () => {
    const collection = `${runIdOf('counter')}-1`;
    const byName = new Map([
      ['desktop', 301],
      ['phone', 1_812],
      ['other', 2],
    ]);
    const runId = { S: runIdOf('counter') };
    const item = {
      pk: { S: `collected#${collection}#0` },
      runId,
      ...counterAttributes({ byName, beyond: 2 }),
    };
    await deployment.dynamodb.send(new PutItemCommand({ TableName: deployment.tableName, Item: item }));
    await ops.putRun('counter', {
      state: 'done',
      collection,
      collected: 2_115,
      receivedAtMs: nowMs - 30 * hourMs,
    });
    const output = writtenOutput();
    await showRun(deployment, runIdOf('counter'), nowMs, output);
    expect(output.out()).toContain('It was made for 2,115 counted events. 2 of them have counted as "other"');
    expect(output.out()).toContain('Counted\nphone    1,812\ndesktop    301\nother        2');
  });

  it('lists the runs that begin with an ambiguous id', async () => {
    for (const end of ['1', '2']) {
      await ops.put(`run#${'cafe00'.padEnd(39, '0')}${end}`, {
        state: 'done',
        trigger: `twin-${end}`,
        day: new Date(nowMs).toISOString().slice(0, 10),
        receivedAtMs: nowMs - 30 * hourMs,
      });
    }
    const candidates = showRun(deployment, 'cafe00', nowMs, writtenOutput());
    await expect(candidates).rejects.toThrow(
      /2 runs begin with "cafe00": give more of the id\.\n.*twin-.*\n.*twin-/,
    );
  });

  it('says that no run has this id', async () => {
    await expect(showRun(deployment, '123456', nowMs, writtenOutput())).rejects.toThrow(
      'No run of the last 30 days begins with "123456"',
    );
    await expect(showRun(deployment, '1'.repeat(40), nowMs, writtenOutput())).rejects.toThrow(
      `The ledger has no run ${'1'.repeat(40)}`,
    );
  });
});

describe('runs redrive', () => {
  it('sends a failed run to the run queue', async () => {
    const output = writtenOutput(true);
    expect(await redriveRuns(deployment, [runIdOf('failed').slice(0, 8)], {}, nowMs, output)).toBe(true);
    expect(output.values).toEqual([{ runId: runIdOf('failed'), trigger: 'plan-upgraded', outcome: 'sent' }]);
    expect(await queued()).toMatchObject([
      {
        runId: runIdOf('failed'),
        trigger: 'plan-upgraded',
        receivedAtMs: nowMs - 2 * hourMs,
        deadlineAtMs: nowMs + 96 * hourMs,
        redrive: `ended-${nowMs - 2 * hourMs + 1_000}`,
        event: { type: 'track', properties: { ltv: 5 } },
      },
    ]);
  });

  it('refuses runs that cannot be redriven, each with a sentence, and returns false', async () => {
    const output = writtenOutput();
    const ids = [runIdOf('done'), runIdOf('old'), '2'.repeat(40)];
    expect(await redriveRuns(deployment, ids, { yes: true }, nowMs, output)).toBe(false);
    expect(output.out()).toContain('It is done: --again makes it again, which spends credits again.');
    expect(output.out()).toContain('Its event is not in the ledger');
    expect(output.out()).toContain('The ledger has no such run.');
    expect(await queued()).toEqual([]);
  });

  it('redrives more than one run only with --yes', async () => {
    const ids = [runIdOf('failed'), runIdOf('old')];
    await expect(redriveRuns(deployment, ids, {}, nowMs, writtenOutput())).rejects.toThrow(
      '2 runs match: add --yes to redrive them, or --dry-run to see what would be done.',
    );
    expect(await queued()).toEqual([]);
  });

  it('only shows what it would redrive with --dry-run', async () => {
    const output = writtenOutput();
    const since = nowMs - 72 * hourMs;
    expect(await redriveRuns(deployment, [], { since, dryRun: true }, nowMs, output)).toBe(false);
    expect(output.out()).toMatch(/plan-upgraded +would be sent/);
    expect(output.out()).toMatch(/churn-signal +refused/);
    expect(await queued()).toEqual([]);
  });

  it('redrives runs by trigger and state, and spreads many of them over time', async () => {
    const many = Array.from({ length: 130 }, (_none, index) => `many-${index}`);
    for (const name of many) {
      const attributes = { trigger: 'many', state: 'failed', receivedAtMs: nowMs - 5_000 };
      await ops.putRun(name, attributes, trackEvent(name));
    }
    const output = writtenOutput(true);
    expect(await redriveRuns(deployment, [], { trigger: 'many', yes: true }, nowMs, output)).toBe(true);
    expect(output.values).toHaveLength(130);
    expect(output.notes()).toBe('100 of 130');
    expect((await queued()).map(({ messageId }) => messageId)).toHaveLength(100);
  });

  it('refuses a missing or an ambiguous selection of runs', async () => {
    await expect(redriveRuns(deployment, [], {}, nowMs, writtenOutput())).rejects.toThrow('Say which runs');
    const both = redriveRuns(deployment, ['abcdef'], { state: 'failed' }, nowMs, writtenOutput());
    await expect(both).rejects.toThrow('Give either run ids, or --trigger, --state and --since, not both.');
  });
});
