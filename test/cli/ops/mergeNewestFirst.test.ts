import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeNewestFirst } from '../../../cli/ops/ledger/mergeNewestFirst.ts';
import type { RunEntry } from '../../../cli/ops/ledger/runEntry.ts';

function entry(runId: string, receivedAtMs: number, state = 'done'): RunEntry {
  return { runId, receivedAtMs, state, trigger: 'churn-signal', updatedAtMs: receivedAtMs };
}

async function* stream(runs: readonly RunEntry[], onRead: () => void = () => undefined) {
  for (const run of runs) {
    onRead();
    yield run;
  }
}

async function merged(...lists: readonly (readonly RunEntry[])[]): Promise<readonly RunEntry[]> {
  const runs: RunEntry[] = [];
  for await (const run of mergeNewestFirst(lists.map((list) => stream(list)))) {
    runs.push(run);
  }
  return runs;
}

describe('runs of several keys of the index', () => {
  it('are merged newest first, whichever key they come from', async () => {
    const anyTimes = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(anyTimes, async (lists) => {
        const runs = lists.map((times, key) =>
          times.sort((a, b) => b - a).map((atMs, index) => entry(`${key}-${index}`, atMs)),
        );
        const result = await merged(...runs);
        expect(result.map(({ receivedAtMs }) => receivedAtMs)).toEqual(lists.flat().sort((a, b) => b - a));
        expect(new Set(result)).toEqual(new Set(runs.flat()));
      }),
    );
  });

  it('come once if two keys have the run, as the first of them has it', async () => {
    const sharded = [entry('b', 5, 'done'), entry('a', 5, 'done'), entry('c', 4)];
    const plain = [entry('a', 5, 'waiting'), entry('b', 5, 'waiting'), entry('d', 5), entry('c', 4)];
    expect(await merged(sharded, plain)).toEqual([...sharded.slice(0, 2), entry('d', 5), entry('c', 4)]);
  });

  it('are read no further than the caller goes', async () => {
    let read = 0;
    const many = (key: string) =>
      Array.from({ length: 100 }, (_none, index) => entry(`${key}${index}`, -index));
    const streams = ['a', 'b'].map((key) => stream(many(key), () => (read += 1)));
    for await (const run of mergeNewestFirst(streams)) {
      if (run.runId === 'b0') {
        break;
      }
    }
    expect(read).toBeLessThan(5);
  });
});
