import { describe, expect, it } from 'vitest';
import { planDeadLetter } from '../../../cli/ops/redrive/planDeadLetter.ts';
import { planRedrive } from '../../../cli/ops/redrive/planRedrive.ts';
import { delayOf } from '../../../cli/ops/redrive/sendRuns.ts';
import type { RunDetails } from '../../../cli/ops/runs/runDetails.ts';
import type { RunMessage } from '../../../functions/queue/runMessage.ts';
import { details, nowMs } from './details.ts';
import { runMessage, trackEvent } from './opsWorld.ts';

const terms = { again: false, nowMs };
const failed = (more: Partial<RunDetails> = {}): RunDetails => details({ state: 'failed', ...more });

describe('the redrive of a run', () => {
  it('sends the event as it came, with a new deadline as long as the first one', () => {
    expect(planRedrive(failed(), terms)).toEqual({
      kind: 'send',
      message: {
        version: 1,
        runId: 'a'.repeat(40),
        trigger: 'churn-signal',
        source: 'segment',
        route: 'default',
        messageId: 'm-1',
        receivedAtMs: nowMs - 600_000,
        deadlineAtMs: nowMs + 96 * 3_600_000,
        redrive: `ended-${nowMs - 300_000}`,
        event: expect.objectContaining({ type: 'track', userId: 'u-1', properties: { ltv: 5 } }),
      },
    });
  });

  it('has the same nonce however often one end is redriven, and another nonce after the next end', () => {
    const nonce = (run: RunDetails): unknown => {
      const plan = planRedrive(run, terms);
      return plan.kind === 'send' ? plan.message.redrive : plan;
    };
    expect(nonce(failed())).toBe(nonce(failed()));
    expect(nonce(failed({ updatedAtMs: nowMs }))).not.toBe(nonce(failed()));
  });

  it('carries the result of the run that it follows', () => {
    const after = { runId: 'b'.repeat(40), trigger: 'why', result: { content: 'The price.' } };
    expect(planRedrive(failed({ after }), terms)).toMatchObject({ message: { version: 2, after } });
  });

  it('carries the item of the pull that its chain began with, so that the item is compared again', () => {
    const pulledItem = 'b'.repeat(40);
    expect(planRedrive(failed({ pulledItem }), terms)).toMatchObject({ message: { version: 1, pulledItem } });
  });

  it('is refused without that result, with the way that is left', () => {
    const after = { runId: 'b'.repeat(40), trigger: 'why' };
    expect(planRedrive(failed({ after }), terms)).toEqual({
      kind: 'refuse',
      why: expect.stringMatching(
        /result of the run that it follows, bbbbbbbb.*dead-letters redrive aaaaaaaa/,
      ),
    });
  });

  it('carries the own event of a run that was made for collected events', () => {
    const events = [trackEvent('m-0'), trackEvent('m-1', { mine: true })] as Record<string, unknown>[];
    const plan = planRedrive(failed({ events, collected: 2 }), terms);
    expect(plan).toMatchObject({ message: { event: { messageId: 'm-1', properties: { mine: true } } } });
  });

  it('is refused for the run of a collection if its own event was cut or is missing', () => {
    const event = { type: 'track', event: 'churn_signal', messageId: 'm-1', userId: 'u-1' };
    const other = { ...event, messageId: 'm-2' };
    for (const events of [
      [other, { ...event, userId: 'u […cut]' }],
      [other, { ...other, messageId: 'm-3' }],
    ]) {
      const plan = planRedrive(failed({ events, eventsAreCut: true, collected: 2 }), terms);
      expect(plan).toEqual({ kind: 'refuse', why: expect.stringContaining('too large to be kept complete') });
    }
  });

  it.each([
    [
      'the run is under way',
      { state: 'calling' },
      'It is calling: it is under way, or comes back by itself.',
    ],
    ['the run waits', { state: 'waiting' }, 'It is waiting: it is under way, or comes back by itself.'],
    ['the run is done', { state: 'done' }, 'spends credits again'],
    [
      'another run was made for its event',
      { state: 'skipped', reason: 'collected', collectedBy: 'b'.repeat(40) },
      'redrive the run that was made for all of them, bbbbbbbb.',
    ],
    ['the event has expired', { events: undefined }, 'not in the ledger; if its message is a dead letter'],
    ['the event was cut', { eventsAreCut: true }, 'too large to be kept complete'],
    ['the event is unreadable', { events: [{ type: 'nonsense' }] }, 'An earlier version wrote its run item'],
    ['the deadline is missing', { deadlineAtMs: undefined }, 'An earlier version wrote its run item'],
  ] as const)('is refused with a sentence if %s', (_what, more, why) => {
    const plan = planRedrive({ ...failed(), ...more } as RunDetails, terms);
    expect(plan).toEqual({ kind: 'refuse', why: expect.stringContaining(why) });
  });

  it('makes a done run again with --again', () => {
    expect(planRedrive(details(), { again: true, nowMs })).toMatchObject({ kind: 'send' });
  });
});

describe('the redrive of a dead letter', () => {
  const message: RunMessage = runMessage('x', { notBeforeMs: 5, slotAtMs: 5, redrive: 'ended-1' });
  const sent = (run: RunDetails | undefined, letter = message): RunMessage | undefined => {
    const plan = planDeadLetter(letter, run, terms);
    return plan.kind === 'send' ? plan.message : undefined;
  };

  it('sends the whole message without slot and wait, with a new deadline', () => {
    expect(sent(failed())).toEqual({
      ...message,
      deadlineAtMs: nowMs + 96 * 3_600_000,
      notBeforeMs: undefined,
      slotAtMs: undefined,
      redrive: `ended-${nowMs - 300_000}`,
    });
  });

  it('has the same nonce as a redrive of the run, so both together make it once', () => {
    const plan = planRedrive(failed(), terms);
    expect(plan).toMatchObject({ message: { redrive: sent(failed())?.redrive } });
  });

  it('gives no new nonce to a run that has not ended or is unknown', () => {
    expect(sent(details({ state: 'calling' }))?.redrive).toBeUndefined();
    expect(sent(details({ state: 'waiting', redrive: 'ended-1' }))?.redrive).toBe('ended-1');
    expect(sent(undefined)?.redrive).toBeUndefined();
  });

  it('is refused if the run is done by now, except with --again', () => {
    expect(planDeadLetter(message, details(), terms)).toEqual({
      kind: 'refuse',
      why: expect.stringContaining('is done by now: discard the dead letter'),
    });
    expect(planDeadLetter(message, details(), { again: true, nowMs })).toMatchObject({
      message: { redrive: `ended-${nowMs - 300_000}` },
    });
  });

  it('sends a report again from the start, and does not make the run again', () => {
    const report = runMessage('x', { report: { attempts: 8 } });
    expect(sent(details(), report)).toMatchObject({ report: { attempts: 0 } });
    const toSegops = runMessage('x', { version: 2, report: { attempts: 8, to: 'segops' } });
    expect(sent(details(), toSegops)).toMatchObject({ version: 2, report: { attempts: 0, to: 'segops' } });
    expect(sent(details(), report)?.redrive).toBeUndefined();
  });
});

describe('many redriven runs', () => {
  it('are delayed a hundred more every ten seconds, up to the longest delay of SQS', () => {
    expect([0, 99, 100, 250, 9_050].map(delayOf)).toEqual([0, 0, 10, 20, 900]);
  });

  it('are spread evenly over the longest delay, however many there are', () => {
    const count = 100_000;
    const runsByDelay = new Map<number, number>();
    for (let index = 0; index < count; index += 1) {
      runsByDelay.set(delayOf(index), (runsByDelay.get(delayOf(index)) ?? 0) + 1);
    }
    const even = count / runsByDelay.size;
    expect(Math.max(...runsByDelay.keys())).toBe(900);
    expect(Math.max(...runsByDelay.values())).toBeLessThan(even * 1.1);
    expect(Math.min(...runsByDelay.values())).toBeGreaterThan(even * 0.9);
  });
});
