import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../functions/ledger/pullCursors.ts';
import { Log } from '../../../functions/observability/log.ts';
import { handlePullDelivery } from '../../../functions/pull/handleDelivery.ts';
import { logPull, pullSentence } from '../../../functions/pull/logPull.ts';
import type { PullReport } from '../../../functions/pull/pullDependencies.ts';
import { definePull } from '../../../functions/pulls/definePull.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { PullWorld, startMs } from './pullWorld.ts';

const about = { trigger: 'audience-persona', kind: 'segmentAudiences', occurrence: 'first' } as const;
const counts = { ...noCounts, items: 12, runs: 3 };

describe('what a pull says of itself', () => {
  it.each<[PullReport, string]>([
    [
      { ...about, what: 'started' },
      'Pull audience-persona (segmentAudiences) has started: occurrence first.',
    ],
    [
      { ...about, what: 'skipped', detail: 'The occurrence zero is at work since today' },
      'Pull audience-persona (segmentAudiences) is skipped. The occurrence zero is at work since today.',
    ],
    [
      { ...about, what: 'waits', untilMs: startMs, detail: 'listAudiences at segment was answered 500' },
      'Pull audience-persona (segmentAudiences) waits until 2026-11-20T12:00:00.000Z: listAudiences at segment was answered 500.',
    ],
    [
      {
        ...about,
        what: 'ended',
        status: 'done',
        startedAtMs: startMs,
        endedAtMs: startMs,
        counts: { ...counts, unchanged: 9 },
      },
      'Pull audience-persona (segmentAudiences) is done: 12 items, 3 runs, 9 unchanged.',
    ],
    [
      {
        ...about,
        what: 'ended',
        status: 'done',
        startedAtMs: startMs,
        endedAtMs: startMs,
        counts: { ...counts, leftOut: 1, beyond: 8 },
      },
      'Pull audience-persona (segmentAudiences) is done: 12 items, 3 runs, 1 left out by the filter or the sample, 8 beyond atMost, for the next occurrence.',
    ],
    [
      {
        ...about,
        what: 'ended',
        status: 'failed',
        detail: 'There is no space',
        startedAtMs: startMs,
        endedAtMs: startMs,
        counts: noCounts,
      },
      'Pull audience-persona (segmentAudiences) has failed: 0 items, 0 runs. There is no space.',
    ],
  ])('is a sentence: %j', (report, sentence) => {
    expect(pullSentence(report)).toBe(sentence);
  });

  it('is one line of the log', () => {
    const lines: string[] = [];
    const log = new Log({
      service: 'puller',
      namespace: 'n',
      now: () => startMs,
      write: (line) => lines.push(line),
    });
    logPull(log, {
      ...about,
      what: 'ended',
      status: 'done',
      startedAtMs: startMs,
      endedAtMs: startMs,
      counts,
    });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { record: 'pull', what: 'ended', trigger: 'audience-persona', counts: { runs: 3 } },
    ]);
  });
});

describe('a delivery that fails', () => {
  const from = definePull({
    kind: 'own',
    source: 'segment',
    operations: ['listWorkspaces'],
    start: 1,
    step: () => ({ calls: [{ operation: 'listWorkspaces', request: {} }] }),
  });
  const trigger: Trigger = { name: 'pulls', from, every: '7d', run: askMave(() => ({ message: 'Why?' })) };
  const step = { version: 1, kind: 'step', trigger: 'pulls', occurrence: 'first', step: 0 } as const;

  it('comes again, and ends its occurrence when it fails for the last time', async () => {
    const world = new PullWorld([trigger]);
    await world.deliver({ version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' });
    world.answer = () => {
      throw new Error('the ledger does not answer');
    };
    const deliver = (receiveCount: number): Promise<void> =>
      handlePullDelivery({ body: JSON.stringify(step), receiveCount, maxReceives: 5 }, world.dependencies);
    await expect(deliver(4)).rejects.toThrow('the ledger does not answer');
    expect((await world.cursor('pulls')).isAtWork).toBe(true);
    await expect(deliver(5)).rejects.toThrow('the ledger does not answer');
    expect((await world.cursor('pulls')).last).toMatchObject({
      status: 'failed',
      detail: 'A step has failed 5 times; its message is in the dead-letter queue',
    });
  });

  it('is refused when it is not a message of a pull', async () => {
    const { dependencies } = new PullWorld([trigger]);
    const deliver = (body: string): Promise<void> =>
      handlePullDelivery({ body, receiveCount: 1, maxReceives: 5 }, dependencies);
    await expect(deliver('no JSON')).rejects.toThrow(SyntaxError);
    await expect(deliver(JSON.stringify({ ...step, step: -1 }))).rejects.toThrow(/step/);
    await expect(deliver(JSON.stringify({ ...step, trigger: 'A' }))).rejects.toThrow(/trigger/);
  });
});
