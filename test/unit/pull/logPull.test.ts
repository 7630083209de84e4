import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../functions/ledger/pullCursor.ts';
import { Log } from '../../../functions/observability/log.ts';
import { handlePullDelivery } from '../../../functions/pull/handleDelivery.ts';
import { logFailedPull, logPull, pullSentence } from '../../../functions/pull/logPull.ts';
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
        counts: { ...noCounts, items: 1, runs: 1 },
      },
      'Pull audience-persona (segmentAudiences) is done: 1 item, 1 run.',
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

  /** The lines that are logged. */
  function linesOf(write: (log: Log) => void): readonly Record<string, unknown>[] {
    const lines: string[] = [];
    const options = { service: 'puller', namespace: 'n', now: () => startMs };
    write(new Log({ ...options, write: (line) => lines.push(line) }));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  const ended = { what: 'ended', startedAtMs: startMs, endedAtMs: startMs + 90_000, counts } as const;

  it('is one line of the log', () => {
    expect(linesOf((log) => logPull(log, { ...about, ...ended, status: 'done' }))).toMatchObject([
      { record: 'pull', what: 'ended', trigger: 'audience-persona', counts: { runs: 3 } },
    ]);
  });

  it.each<[PullReport, Readonly<Record<string, number>>]>([
    [{ ...about, what: 'started' }, { PullsStarted: 1 }],
    [{ ...about, what: 'skipped', detail: 'so' }, { PullsSkipped: 1 }],
    [{ ...about, what: 'passedOver', detail: 'so' }, {}],
    [{ ...about, what: 'waits', detail: 'so', untilMs: startMs }, { PullsWaiting: 1 }],
    [
      {
        ...about,
        ...ended,
        status: 'done',
        counts: { ...counts, unchanged: 7, beyond: 1, unusable: 1, calls: 2, rows: 5 },
      },
      {
        PullsDone: 1,
        PullItems: 12,
        PullItemsUnchanged: 7,
        PullItemsBeyond: 1,
        PullItemsUnusable: 1,
        PullRuns: 3,
        PullCalls: 2,
        PullRows: 5,
        PullDuration: 90_000,
      },
    ],
    [
      { ...about, ...ended, status: 'failed', counts: noCounts },
      { PullsFailed: 1, PullDuration: 90_000 },
    ],
    [
      { ...about, ...ended, status: 'stopped', counts: noCounts },
      { PullsStopped: 1, PullDuration: 90_000 },
    ],
  ])('is counted: %j', (report, metrics) => {
    const [line = {}] = linesOf((log) => logPull(log, report));
    const counted = Object.entries(line).filter(([name]) => name.startsWith('Pull'));
    expect(Object.fromEntries(counted)).toEqual(metrics);
  });

  it('is a line about a delivery that failed, and names its occurrence if it can be read', () => {
    const body = JSON.stringify({ version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' });
    const error = new Error('the ledger does not answer');
    const lines = linesOf((log) => {
      logFailedPull(log, error, { body, receiveCount: 3 });
      logFailedPull(log, error, { body: 'no JSON', receiveCount: 1 });
    });
    expect(lines).toMatchObject([
      { level: 'ERROR', trigger: 'pulls', occurrence: 'first', receiveCount: 3, PullDeliveriesFailed: 1 },
      { level: 'ERROR', PullDeliveriesFailed: 1, error: { message: 'the ledger does not answer' } },
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
