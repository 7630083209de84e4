import { randomBytes } from 'node:crypto';
import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { type UnparkCommandOptions, unparkOrResume } from '../../../cli/ops/unpark/unparkCommand.ts';
import { unparkRuns } from '../../../cli/ops/unpark/unparkRuns.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import { writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { interfere, newClient } from '../../integration/troubledLedger.ts';
import { drain } from '../../integration/world.ts';
import {
  type OpsWorld,
  runIdOf,
  runMessage,
  startOpsWorld,
  type Written,
  writtenOutput,
} from './opsWorld.ts';

const hourMs = 3_600_000;
let ops: OpsWorld;
let deployment: Deployment;
let parkedRuns: ParkedRuns;

beforeAll(async () => {
  ops = await startOpsWorld();
});

afterAll(() => ops.stop());

beforeEach(async () => {
  const fresh = await ops.withFreshQueues();
  deployment = fresh;
  parkedRuns = new ParkedRuns(new LedgerTable(fresh.dynamodb, fresh.tableName));
  for (const lane of await parkedRuns.lanes()) {
    for (const { runId } of await parkedRuns.oldest(lane, 1_000)) {
      await ops.world.forget(`parked#${runId}`);
    }
  }
  await ops.world.forget('dispatcher');
});

const idle = new AbortController().signal;

async function unpark(
  options: UnparkCommandOptions,
  { on = deployment, isJson = false }: { readonly on?: Deployment; readonly isJson?: boolean } = {},
): Promise<Written & { readonly isDone: boolean }> {
  const output = writtenOutput(isJson);
  const isDone = await unparkOrResume(on, options, idle, output);
  return { ...output, isDone };
}

async function queued(): Promise<readonly (string | undefined)[]> {
  const messages = await drain(deployment.sqs, deployment.runQueueUrl);
  return messages.map(({ Body = '' }) => JSON.parse(Body).messageId).toSorted();
}

async function stillParked(): Promise<readonly string[]> {
  const lanes = await Promise.all((await parkedRuns.lanes()).map((lane) => parkedRuns.oldest(lane, 1_000)));
  return lanes.flat().map(({ runId }) => runId);
}

async function parkingOffUntilMs(): Promise<number> {
  const item = await new LedgerTable(deployment.dynamodb, deployment.tableName).readOne('dispatcher');
  return Number(item?.parkingOffUntilMs?.N ?? 0);
}

describe('unpark --all', () => {
  it('puts the message of each parked run back into the run queue as it was, and parks none', async () => {
    const body = writeRunMessage(runMessage('one'));
    await ops.park('one', { body });
    const filler = randomBytes(300_000).toString('hex');
    const large = runMessage('large', { event: { ...runMessage('large').event, properties: { filler } } });
    await ops.park('large', { trigger: 'trial-started', body: writeRunMessage(large) });
    await ops.park('later', { lane: notBeforeLane, orderMs: Date.now() + hourMs });
    const { isDone, out } = await unpark({ all: true, yes: true });
    expect(isDone).toBe(true);
    expect(out()).toBe('3 parked runs were put back into the run queue.');
    expect(await stillParked()).toEqual([]);
    const messages = await drain(deployment.sqs, deployment.runQueueUrl);
    expect(messages.map(({ Body }) => Body)).toContain(body);
    expect(messages.map(({ Body = '' }) => JSON.parse(Body).messageId).toSorted()).toEqual([
      'large',
      'later',
      'one',
    ]);
  });

  it('sends ten messages a call without delay, in the group of their trigger', async () => {
    const names = Array.from({ length: 40 }, (_none, index) => `run-${index}`);
    await Promise.all(names.map((name) => ops.park(name)));
    const calls: SendMessageBatchCommandInput[] = [];
    const { middlewareStack } = deployment.sqs;
    middlewareStack.add(
      (next) => async (args) => {
        calls.push(args.input as SendMessageBatchCommandInput);
        return await next(args);
      },
      { step: 'initialize', name: 'record' },
    );
    await unpark({ all: true, yes: true });
    middlewareStack.remove('record');
    const entries = calls.flatMap(({ Entries = [] }) => Entries);
    expect(entries).toHaveLength(40);
    // Each of the four shards may have a batch that is not full.
    expect(calls.length).toBeLessThanOrEqual(7);
    expect(
      new Set(entries.map(({ DelaySeconds, MessageGroupId }) => `${DelaySeconds} ${MessageGroupId}`)),
    ).toEqual(new Set(['0 churn-signal']));
    expect(await queued()).toEqual(names.toSorted());
  });

  it('shows how many runs there are without --yes, and changes nothing', async () => {
    await ops.park('one');
    const { isDone, out, notes } = await unpark({ all: true });
    expect([isDone, out()]).toEqual([false, '1 parked runs would be put back into the run queue.']);
    expect(notes()).toContain('Nothing was changed: add --yes');
    expect(await queued()).toEqual([]);
    expect(await parkingOffUntilMs()).toBe(0);
    expect(await stillParked()).toEqual([runIdOf('one')]);
  });

  it('turns parking off before the first message, and leaves it off for an hour, or as long as --for says', async () => {
    const startedAtMs = Date.now();
    await ops.park('one');
    const client = await newClient(ops.world);
    const seen: number[] = [];
    interfere(client, 'BatchGetItemCommand', async () => void seen.push(await parkingOffUntilMs()));
    const { notes } = await unpark({ all: true, yes: true }, { on: { ...deployment, dynamodb: client } });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(startedAtMs + hourMs);
    expect(await parkingOffUntilMs()).toBeGreaterThanOrEqual(startedAtMs + hourMs);
    expect(notes()).toMatch(
      /Nothing is parked until .* To end this earlier: npm run ops -- unpark --resume --local/,
    );
    await unpark({ all: true, yes: true, for: 4 * hourMs });
    expect(await parkingOffUntilMs()).toBeGreaterThanOrEqual(startedAtMs + 4 * hourMs);
    expect((await unpark({ resume: true })).out()).toBe('Parking is on again.');
    expect(await parkingOffUntilMs()).toBe(0);
  });

  it('leaves runs that wait for approval parked and says so, unless --unapproved is given', async () => {
    await ops.park('asks', { lane: approvalLane });
    const { isDone, notes } = await unpark({ all: true, yes: true });
    expect(isDone).toBe(true);
    expect(notes()).toContain('1 runs wait for approval, and stay parked.');
    expect(await stillParked()).toEqual([runIdOf('asks')]);
    await unpark({ all: true, unapproved: true, yes: true });
    expect(await queued()).toEqual(['asks']);
  });

  it('goes on after an interruption with what is still parked', async () => {
    const names = Array.from({ length: 100 }, (_none, index) => `run-${index}`);
    await Promise.all(names.map((name) => ops.park(name)));
    const interrupted = new AbortController();
    let batches = 0;
    const beforeBatch = async (): Promise<void> => {
      batches += 1;
      if (batches === 4) {
        interrupted.abort();
      }
    };
    const selections = [{ lane: 'churn-signal' }];
    const first = await unparkRuns(deployment, parkedRuns, selections, {
      signal: interrupted.signal,
      beforeBatch,
    });
    const left = (await stillParked()).length;
    expect(first).toMatchObject({ isFinished: false, sent: 100 - left });
    expect(left).toBeGreaterThan(0);
    const second = await unpark({ all: true, yes: true }, { isJson: true });
    expect(second.values).toMatchObject([{ putBack: left, isFinished: true }]);
    expect(await queued()).toEqual(names.toSorted());
  });

  it('stops at the first error of the ledger, and loses no run', async () => {
    const names = Array.from({ length: 60 }, (_none, index) => `run-${index}`);
    await Promise.all(names.map((name) => ops.park(name)));
    const client = await newClient(ops.world);
    let deletions = 0;
    interfere(client, 'DeleteItemCommand', async () => {
      deletions += 1;
      if (deletions > 20) {
        throw new Error('no more');
      }
    });
    const failing = unpark({ all: true, yes: true }, { on: { ...deployment, dynamodb: client } });
    await expect(failing).rejects.toThrow('no more');
    await unpark({ all: true, yes: true });
    expect([...new Set(await queued())]).toEqual(names.toSorted());
  });

  it('puts a run back once more that was parked again meanwhile', async () => {
    await ops.park('again');
    const client = await newClient(ops.world);
    let isOver = false;
    interfere(client, 'DeleteItemCommand', async () => {
      if (!isOver) {
        isOver = true;
        await ops.park('again', { number: 2 });
      }
    });
    const { isDone, values } = await unpark(
      { all: true, yes: true },
      { on: { ...deployment, dynamodb: client }, isJson: true },
    );
    expect([isDone, values]).toMatchObject([true, [{ putBack: 2, isFinished: true }]]);
    expect(await stillParked()).toEqual([]);
  });

  it('gives up after some sweeps if runs are parked as fast as they are put back', async () => {
    await ops.park('busy');
    const client = await newClient(ops.world);
    let parkings = 1;
    interfere(client, 'DeleteItemCommand', async () => {
      parkings += 1;
      await ops.park('busy', { number: parkings });
    });
    const { isDone, out } = await unpark(
      { all: true, yes: true },
      { on: { ...deployment, dynamodb: client } },
    );
    expect(isDone).toBe(false);
    expect(out()).toContain('More runs are parked: run the command again');
  });

  it('names the runs whose message is not complete, and leaves them parked', async () => {
    await ops.park('one');
    const filler = randomBytes(600_000).toString('base64');
    const runId = await ops.park('torn', { body: JSON.stringify({ filler }) });
    await ops.world.forget(`parkedPart#${runId}-1#2`);
    const { isDone, out } = await unpark({ all: true, yes: true });
    expect(isDone).toBe(false);
    expect(out()).toContain('1 parked runs were put back into the run queue.');
    expect(out()).toContain(`1 parked runs cannot be read, because a part of their message is missing: `);
    expect(out()).toContain(runId.slice(0, 8));
    expect(await stillParked()).toEqual([runId]);
    const { values } = await unpark({ all: true, yes: true }, { isJson: true });
    expect(values).toMatchObject([{ putBack: 0, unreadable: [runId], notTaken: [], isFinished: true }]);
  });

  it('names the runs that the queue does not take, and leaves them parked', async () => {
    // SQS takes no such character.
    const runId = await ops.park('refused', { body: '\uFFFF' });
    const { isDone, values } = await unpark({ all: true, yes: true }, { isJson: true });
    expect(isDone).toBe(false);
    expect(values).toMatchObject([
      { putBack: 0, notTaken: [{ runId, why: expect.stringContaining('The queue did not take it') }] },
    ]);
    expect(await stillParked()).toEqual([runId]);
  });
});

describe('unpark --trigger', () => {
  it('puts back only the runs of that trigger, also those that wait for a known time', async () => {
    await ops.park('mine');
    await ops.park('mine-later', { lane: notBeforeLane });
    await ops.park('other', { trigger: 'trial-started' });
    await ops.park('other-later', { lane: notBeforeLane, trigger: 'trial-started' });
    expect((await unpark({ trigger: 'churn-signal' })).out()).toMatch(/^2 parked runs would be/);
    await unpark({ trigger: 'churn-signal', yes: true });
    expect(await queued()).toEqual(['mine', 'mine-later']);
    expect((await stillParked()).toSorted()).toEqual([runIdOf('other'), runIdOf('other-later')].toSorted());
  });
});

describe('unpark', () => {
  it.each([{}, { all: true, trigger: 'churn-signal' }, { all: true, resume: true }] as const)(
    'asks what to do if that is not clear: %o',
    async (options) => {
      await expect(unpark(options)).rejects.toThrow('Say what to do: --all, --trigger <name>, or --resume');
    },
  );
});
