import { describe, expect, it } from 'vitest';
import {
  type Activity,
  describeActivity,
  isOver,
  type OpenItem,
} from '../../../lab/prove/evidence/activity.ts';
import {
  type Patience,
  type Verdict,
  verdictOn,
  type Watching,
  watched,
} from '../../../lab/prove/evidence/patience.ts';

const startMs = 1_700_000_000_000;
const idle: Activity = {
  atMs: startMs,
  messages: { visible: 0, delayed: 0, inFlight: 0 },
  parked: 0,
  busy: 0,
  invocations: 7,
  open: [],
};
const inFlight: Activity = { ...idle, messages: { ...idle.messages, inFlight: 1 } };
const waiting: OpenItem = {
  key: 'run#4f2a91',
  state: 'waiting',
  reason: 'pace',
  updatedAtMs: startMs,
  leaseUntilMs: 0,
  notBeforeMs: 0,
};
const patience: Patience = { usualMs: 10_000, stillMs: 5_000, mostMs: 60_000 };

/** Looks each second at what is there at that time, until there is a verdict, or for two minutes. */
function waitFor(at: (second: number) => Partial<Activity>): { verdict: Verdict; seconds: number } {
  let watching: Watching | undefined;
  for (let second = 0; second <= 120; second += 1) {
    watching = watched(watching, { ...inFlight, ...at(second), atMs: startMs + 1_000 * second });
    const verdict = verdictOn(watching, patience);
    if (verdict !== 'wait') {
      return { verdict, seconds: second };
    }
  }
  return { verdict: 'wait', seconds: 120 };
}

describe('a system in which nothing will move any more', () => {
  it('has no message, no invocation, no lease and no run with a known end of its wait', () => {
    expect(isOver(idle)).toBe(true);
    expect(isOver({ ...idle, parked: 1 })).toBe(false);
    expect(isOver({ ...idle, open: [waiting] })).toBe(true);
  });

  it.each([
    ['a message to deliver', { messages: { visible: 1, delayed: 0, inFlight: 0 } }],
    ['a delayed message', { messages: { visible: 0, delayed: 1, inFlight: 0 } }],
    ['a message in flight', { messages: { visible: 0, delayed: 0, inFlight: 1 } }],
    ['an invocation under way', { busy: 1 }],
    ['a lease', { open: [{ ...waiting, leaseUntilMs: startMs + 1 }] }],
    ['a wait with a known end', { open: [{ ...waiting, notBeforeMs: startMs + 1 }] }],
  ])('something may still move while there is %s', (_what, change) => {
    expect(isOver({ ...idle, ...change })).toBe(false);
  });
});

describe('waiting for the end of all work', () => {
  it('waiting ends as soon as nothing will move any more', () => {
    expect(waitFor((second) => (second < 3 ? {} : idle))).toEqual({ verdict: 'over', seconds: 3 });
  });

  it('waiting takes the usual time although nothing moves', () => {
    expect(waitFor(() => ({}))).toEqual({ verdict: 'not finished', seconds: 10 });
  });

  it('waiting goes on while something moves: slow is not lost', () => {
    const slow = (second: number): Partial<Activity> =>
      second < 40 ? { invocations: Math.floor(second / 4) } : idle;
    expect(waitFor(slow)).toEqual({ verdict: 'over', seconds: 40 });
    const stops = (second: number): Partial<Activity> => ({ invocations: Math.min(second, 20) });
    expect(waitFor(stops)).toEqual({ verdict: 'not finished', seconds: 25 });
  });

  it.each(['leaseUntilMs', 'notBeforeMs'] as const)(
    'waiting goes on to a known end of a wait: %s',
    (name) => {
      const open = [{ ...waiting, [name]: startMs + 30_000 }];
      expect(waitFor((second) => (second < 32 ? { open } : idle))).toMatchObject({
        verdict: 'not finished',
        seconds: 30,
      });
      expect(waitFor((second) => (second < 30 ? { open } : idle))).toMatchObject({
        verdict: 'over',
        seconds: 30,
      });
    },
  );

  it('waiting ends for a system that goes round in circles', () => {
    expect(waitFor((second) => ({ invocations: second }))).toEqual({ verdict: 'not finished', seconds: 60 });
  });

  it('waiting does not count a pause of the watching process', () => {
    const first = watched(undefined, inFlight);
    const late = watched(first, { ...inFlight, atMs: startMs + 3_600_000 });
    expect(verdictOn(late, patience)).toBe('wait');
  });
});

describe('the description of a waiting system', () => {
  it('names messages, invocations and open runs', () => {
    expect(describeActivity(idle)).toBe('nothing');
    const open = [{ ...waiting, notBeforeMs: startMs + 13_500 }, waiting, waiting, waiting];
    expect(describeActivity({ ...inFlight, busy: 2, open })).toBe(
      '1 message in flight; 2 invocations under way; run#4f2a91 is waiting (pace), free in 14 s; ' +
        'run#4f2a91 is waiting (pace); run#4f2a91 is waiting (pace); 1 more are open',
    );
  });
});
