import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedClock } from '../../../functions/run/sharedClock.ts';

const startMs = Date.parse('2026-11-21T12:00:00Z');

/** A machine whose clock may be wrong, and the messages that SQS delivers to it. */
class Machine {
  trueMs: number;
  wrongByMs: number;
  readonly clock: SharedClock;

  /** @param readyForMs for how long the environment has been ready */
  constructor(wrongByMs: number, readyForMs = 60_000) {
    this.wrongByMs = wrongByMs;
    this.trueMs = startMs - readyForMs;
    this.clock = new SharedClock(() => this.trueMs + this.wrongByMs);
    this.trueMs = startMs;
  }

  /** SQS delivers a message now; the machine receives it `afterMs` later. */
  deliver(afterMs: number): void {
    const firstReceivedAtMs = this.trueMs;
    this.trueMs += afterMs;
    this.clock.learn(firstReceivedAtMs);
  }

  /** How far the shared clock is ahead of the true time. */
  errorMs(): number {
    return this.clock.now() - this.trueMs;
  }
}

describe('a clock before its first message', () => {
  it("a clock without a message is the machine's own", () => {
    expect(new Machine(5_000).errorMs()).toBe(5_000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, startMs + 3 * 3_600_000])(
    "a clock stays the machine's own when the stamp of the message cannot be right: %d",
    (stamp) => {
      const machine = new Machine(5_000);
      machine.clock.learn(stamp);
      expect(machine.errorMs()).toBe(5_000);
    },
  );
});

describe('the bounds of what a clock learns', () => {
  it.each([
    [3_600_000, 3_600_000],
    [3_600_001, 0],
    [-2_000, -2_000],
    [-2_001, 0],
  ])('a stamp that is %d ms ahead of the machine sets the clock %d ms ahead', (aheadMs, learntMs) => {
    const machine = new Machine(0);
    machine.clock.learn(startMs + aheadMs);
    expect(machine.errorMs()).toBe(learntMs);
  });
});

describe('a message that has waited for the start of its environment', () => {
  it.each([1, 300, 1_500, 2_000])('does not set the clock back by %d ms', (beforeMs) => {
    const machine = new Machine(0, 0);
    machine.clock.learn(startMs - beforeMs);
    expect(machine.errorMs()).toBe(0);
  });

  it('is followed by others that set the clock right', () => {
    const machine = new Machine(-700, 0);
    machine.clock.learn(startMs - 1_500);
    machine.deliver(5);
    expect(machine.errorMs()).toBe(-5);
  });
});

describe('a message that was delivered minutes ago, in an invocation that was throttled', () => {
  it.each([2_001, 30_000, 300_000])(
    'a first message that arrives %d ms late does not set the clock back',
    (afterMs) => {
      const machine = new Machine(0);
      machine.deliver(afterMs);
      expect(machine.errorMs()).toBe(0);
    },
  );

  it('any number of late messages does not set the clock back', () => {
    const machine = new Machine(0);
    machine.deliver(20);
    for (let message = 0; message < 40; message += 1) {
      machine.deliver(120_000);
    }
    expect(machine.errorMs()).toBe(-20);
  });

  it('late messages do not end a lease early, which would let two deliveries work at once', () => {
    const leaseMarginMs = 2_000;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 5, max: 900_000 }), { minLength: 1 }), (delaysMs) => {
        const [taker, other] = [new Machine(0), new Machine(0)];
        for (const afterMs of delaysMs) {
          taker.deliver(afterMs);
          const leaseEndsAtMs = taker.clock.now() + leaseMarginMs;
          other.trueMs = taker.trueMs;
          expect(leaseEndsAtMs).toBeGreaterThanOrEqual(other.clock.now());
        }
      }),
    );
  });
});

describe('a machine whose clock is wrong', () => {
  it.each([0, 250, 1_900, -250, -90_000])(
    'a machine whose clock is wrong by %d ms follows the clock of SQS, to within the time of a delivery',
    (wrongByMs) => {
      const machine = new Machine(wrongByMs);
      machine.deliver(40);
      expect(machine.errorMs()).toBe(-40);
    },
  );

  it('the clock follows the quickest of the last deliveries, which is the nearest to the true time', () => {
    const machine = new Machine(-90_000);
    for (const afterMs of [900, 25, 400, 60_000]) {
      machine.deliver(afterMs);
    }
    expect(machine.errorMs()).toBe(-25);
  });

  it('all machines agree to within the time of a delivery, however wrong their own clocks are', () => {
    const wrong = fc.integer({ min: -3_600_000, max: 1_500 });
    const deliveries = fc.array(fc.integer({ min: 5, max: 500 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(wrong, deliveries, (wrongByMs, delaysMs) => {
        const machine = new Machine(wrongByMs);
        for (const afterMs of delaysMs) {
          machine.deliver(afterMs);
        }
        // Never ahead of the true time, and behind it by the quickest delivery.
        expect(machine.errorMs()).toBe(-Math.min(...delaysMs));
      }),
    );
  });
});

describe('a clock that is set in between', () => {
  it('a clock that was ahead and is set back is right with the next message', () => {
    const machine = new Machine(1_500);
    machine.deliver(20);
    machine.wrongByMs = 0;
    machine.deliver(20);
    expect(machine.errorMs()).toBe(-20);
  });

  it('a clock that was behind and is set forward is right 16 messages later', () => {
    const machine = new Machine(-60_000);
    machine.deliver(20);
    machine.wrongByMs = 0;
    for (let message = 0; message < 15; message += 1) {
      machine.deliver(20);
    }
    expect(machine.errorMs()).toBe(60_000 - 20);
    machine.deliver(20);
    expect(machine.errorMs()).toBe(-20);
  });

  it('a quick delivery is forgotten after 16 more, since the clock may have drifted by then', () => {
    const machine = new Machine(0);
    machine.deliver(5);
    for (let message = 0; message < 16; message += 1) {
      machine.deliver(100);
    }
    expect(machine.errorMs()).toBe(-100);
  });
});
