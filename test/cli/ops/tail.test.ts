import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tail } from '../../../cli/ops/tail.ts';
import { type OpsWorld, runIdOf, startOpsWorld, type Written, writtenOutput } from './opsWorld.ts';

let ops: OpsWorld;

beforeAll(async () => {
  ops = await startOpsWorld();
});

afterAll(() => ops.stop());

function follow(isJson: boolean): { readonly output: Written; end(): Promise<boolean> } {
  const interruption = new AbortController();
  const output = writtenOutput(isJson);
  const ended = tail(ops.deployment, { every: 1 }, interruption.signal, output);
  return {
    output,
    end: () => {
      interruption.abort();
      return ended;
    },
  };
}

describe('tail', () => {
  it('shows each change of a run once, as it happens, and ends at the signal', async () => {
    const receivedAtMs = Date.now();
    await ops.putRun('before', { receivedAtMs, updatedAtMs: Date.now(), creditsUsed: 23 });
    const { output, end } = follow(false);
    await expect.poll(() => output.out()).toContain('23 credits');
    await ops.putRun('new', { receivedAtMs, state: 'waiting', reason: 'pace', updatedAtMs: Date.now() });
    await expect.poll(() => output.out()).toContain('waiting  pace: It has a rate-limit slot');
    await ops.putRun('new', { receivedAtMs, state: 'done', creditsUsed: 1_200, updatedAtMs: Date.now() });
    await expect.poll(() => output.out()).toContain('1,200 credits');
    expect(await end()).toBe(true);
    const lines = output.out().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(
      new RegExp(`^\\d\\d:\\d\\d:\\d\\d  ${runIdOf('new').slice(0, 8)}  churn-signal +done +1,200 credits$`),
    );
    expect(output.notes()).toBe('Following test system; Ctrl-C ends it.');
  });

  it('prints an object for each change with --json', async () => {
    const { output, end } = follow(true);
    await expect.poll(() => output.values.length).toBeGreaterThan(1);
    await end();
    expect(output.values[0]).toMatchObject({ runId: runIdOf('before'), state: 'done', creditsUsed: 23 });
  });
});
