import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discardDeadLetters } from '../../../cli/ops/deadLetters/discardDeadLetters.ts';
import { listDeadLetters } from '../../../cli/ops/deadLetters/listDeadLetters.ts';
import { redriveDeadLetters } from '../../../cli/ops/deadLetters/redriveDeadLetters.ts';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { parseRunMessage, type RunMessage } from '../../../functions/queue/runMessage.ts';
import { drain } from '../../integration/world.ts';
import {
  type OpsWorld,
  putDeadLetter,
  runIdOf,
  runMessage,
  startOpsWorld,
  writtenOutput,
} from './opsWorld.ts';

const hourMs = 3_600_000;
let ops: OpsWorld;
let deployment: Deployment;

beforeAll(async () => {
  ops = await startOpsWorld();
  await ops.putRun('failed', { state: 'failed', reason: 'expired', updatedAtMs: 7_000 });
  await ops.putRun('crashed', { state: 'calling', trigger: 'plan-upgraded' });
  await ops.putRun('done-since', { state: 'done' });
});

afterAll(() => ops.stop());

/** One that failed, one that crashed, one that is done by now, and one that is not a run. */
beforeEach(async () => {
  deployment = await ops.withFreshQueues();
  await putDeadLetter(deployment, runMessage('failed'), 'expired');
  await putDeadLetter(deployment, runMessage('crashed', { trigger: 'plan-upgraded' }));
  await putDeadLetter(deployment, runMessage('done-since'), 'mavera_422');
  await putDeadLetter(deployment, 'nonsense', 'message_unreadable');
});

async function left(): Promise<readonly (string | undefined)[]> {
  const messages = await drain(deployment.sqs, deployment.deadLetterQueueUrl);
  return messages
    .map(({ Body = '' }) => (Body === 'nonsense' ? Body : parseRunMessage(Body).messageId))
    .sort();
}

async function queued(): Promise<readonly RunMessage[]> {
  const messages = await drain(deployment.sqs, deployment.runQueueUrl);
  return messages.map(({ Body }) => parseRunMessage(Body ?? ''));
}

const all = ['crashed', 'done-since', 'failed', 'nonsense'];

describe('dead-letters list', () => {
  it('says why each run failed and its state now, and leaves the dead letters where they are', async () => {
    const output = writtenOutput();
    await listDeadLetters(deployment, 200, Date.now(), output);
    const lines = output.out().split('\n');
    expect(lines[0]).toMatch(/^age +run +trigger +reason +is now +detail$/);
    expect(lines).toHaveLength(5);
    expect(output.out()).toMatch(/churn-signal +expired +failed +A sentence about expired/);
    expect(output.out()).toMatch(
      /plan-upgraded +crashed +calling +The runner crashed or timed out at each delivery/,
    );
    expect(output.out()).toMatch(/mavera_422 +done /);
    expect(output.out()).toMatch(/- +- +message_unreadable +- /);
    expect(await left()).toEqual(all);
  });

  it('prints an object for each message with --json', async () => {
    const output = writtenOutput(true);
    await listDeadLetters(deployment, 200, Date.now(), output);
    expect(output.values).toContainEqual({
      messageId: expect.any(String),
      runId: runIdOf('failed'),
      trigger: 'churn-signal',
      reason: 'expired',
      detail: 'A sentence about expired',
      sentAtMs: expect.any(Number),
      runState: 'failed',
    });
  });

  it('shows each dead letter once, however many there are, and says if there are more', async () => {
    for (let index = 0; index < 25; index += 1) {
      await putDeadLetter(deployment, runMessage(`more-${index}`), 'expired');
    }
    const output = writtenOutput(true);
    await listDeadLetters(deployment, 200, Date.now(), output);
    expect(new Set(output.values.map((value) => (value as { messageId: string }).messageId)).size).toBe(29);
    const some = writtenOutput();
    await listDeadLetters(deployment, 3, Date.now(), some);
    expect(some.out().split('\n')).toHaveLength(4);
    expect(some.notes()).toBe('There are more than 3: raise --limit.');
    expect(await left()).toHaveLength(29);
  });

  it('says that there are no dead letters', async () => {
    const output = writtenOutput();
    await listDeadLetters(await ops.withFreshQueues(), 200, Date.now(), output);
    expect(output.out()).toBe('There are no dead letters.');
  });
});

describe('dead-letters redrive', () => {
  it('sends the selected ones to the run queue, and removes them', async () => {
    const nowMs = Date.now();
    const output = writtenOutput(true);
    const prefixes = [runIdOf('failed').slice(0, 8)];
    expect(await redriveDeadLetters(deployment, prefixes, {}, nowMs, output)).toBe(true);
    expect(output.values).toEqual([{ runId: runIdOf('failed'), trigger: 'churn-signal', outcome: 'sent' }]);
    expect(await queued()).toMatchObject([
      { messageId: 'failed', redrive: 'ended-7000', deadlineAtMs: nowMs + 96 * hourMs },
    ]);
    expect(await left()).toEqual(['crashed', 'done-since', 'nonsense']);
  });

  it('selects dead letters by reason and by trigger', async () => {
    await redriveDeadLetters(deployment, [], { reason: 'crashed' }, Date.now(), writtenOutput());
    expect(await queued()).toMatchObject([{ messageId: 'crashed' }]);
    const options = { trigger: 'churn-signal', reason: 'expired' };
    await redriveDeadLetters(deployment, [], options, Date.now(), writtenOutput());
    expect(await queued()).toMatchObject([{ messageId: 'failed' }]);
    expect(await left()).toEqual(['done-since', 'nonsense']);
  });

  it('refuses dead letters whose run is done by now, and those that are not runs', async () => {
    const output = writtenOutput();
    expect(await redriveDeadLetters(deployment, [], { all: true }, Date.now(), output)).toBe(false);
    expect((await queued()).map(({ messageId }) => messageId).sort()).toEqual(['crashed', 'failed']);
    expect(output.out()).toContain('is done by now: discard the dead letter');
    expect(output.out()).toContain('It is neither a run nor of a pull: it can only be discarded.');
    expect(await left()).toEqual(['done-since', 'nonsense']);
  });

  it('makes done runs again with --again', async () => {
    const options = { reason: 'mavera_422', again: true } as const;
    expect(await redriveDeadLetters(deployment, [], options, Date.now(), writtenOutput())).toBe(true);
    expect(await queued()).toMatchObject([{ messageId: 'done-since', redrive: expect.any(String) }]);
  });

  it('loses nothing if the run queue does not take it', async () => {
    const broken = { ...deployment, runQueueUrl: `${deployment.runQueueUrl}-gone` };
    await expect(
      redriveDeadLetters(broken, [], { all: true }, Date.now(), writtenOutput()),
    ).rejects.toThrow();
    expect(await left()).toEqual(all);
  });

  it('says which run has no dead letter', async () => {
    const output = writtenOutput();
    expect(await redriveDeadLetters(deployment, ['abcdef'], {}, Date.now(), output)).toBe(false);
    expect(output.notes()).toContain(
      'There is no dead letter of run abcdef: see `npm run ops -- dead-letters list --local`.',
    );
    expect(await left()).toEqual(all);
  });

  it('refuses a missing or an ambiguous selection of dead letters', async () => {
    for (const [prefixes, options] of [
      [[], {}],
      [['abcdef'], { all: true as const }],
      [[], { all: true as const, reason: 'expired' }],
    ] as const) {
      await expect(
        redriveDeadLetters(deployment, prefixes, options, Date.now(), writtenOutput()),
      ).rejects.toThrow('Say which dead letters: run ids, or --reason and --trigger, or --all');
    }
  });
});

describe('dead-letters discard', () => {
  it('only shows what it would delete without --yes', async () => {
    const output = writtenOutput();
    expect(await discardDeadLetters(deployment, [], { reason: 'message_unreadable' }, output)).toBe(false);
    expect(output.out()).toContain('would be discarded');
    expect(output.notes()).toContain('Nothing was deleted: add --yes');
    expect(await left()).toEqual(all);
  });

  it('deletes the selected ones, and no others', async () => {
    const output = writtenOutput(true);
    const options = { reason: 'message_unreadable', yes: true } as const;
    expect(await discardDeadLetters(deployment, [], options, output)).toBe(true);
    expect(output.values).toEqual([{ outcome: 'discarded' }]);
    await discardDeadLetters(deployment, [runIdOf('done-since')], { yes: true }, output);
    expect(await left()).toEqual(['crashed', 'failed']);
  });
});
