import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedClock } from '../../../functions/run/sharedClock.ts';

const startMs = Date.parse('2026-11-21T12:00:00Z');

/** A machine whose clock may be wrong, and the messages that SQS delivers to it. */
class Machine {
  trueMs = startMs;
  wrongByMs: number;
  readonly clock = new SharedClock(() => this.trueMs + this.wrongByMs);

  constructor(wrongByMs: number) {
    this.wrongByMs = wrongByMs;
  }

  /** SQS delivers a message now; the machine sees it so much later. */
  deliver(afterMs: number): void {
    const firstReceivedAtMs = this.trueMs;
    this.trueMs += afterMs;
    this.clock.learn(firstReceivedAtMs);
  }

  /** What the shared clock is ahead of the truth. */
  errorMs(): number {
    return this.clock.now() - this.trueMs;
  }
}

describe('a clock before its first message', () => {
  it("is the machine's own", () => {
    expect(new Machine(5_000).errorMs()).toBe(5_000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -1, startMs + 3 * 3_600_000])(
    "stays the machine's own when the stamp cannot be right: %d",
    (stamp) => {
      const machine = new Machine(5_000);
      machine.clock.learn(stamp);
      expect(machine.errorMs()).toBe(5_000);
    },
  );
});

describe('a message that was delivered minutes ago, in an invocation that was throttled', () => {
  it.each([2_001, 30_000, 300_000])(
    'does not set the clock back, as the first one: after %d ms',
    (afterMs) => {
      const machine = new Machine(0);
      machine.deliver(afterMs);
      expect(machine.errorMs()).toBe(0);
    },
  );

  it('does not set the clock back after any number of them', () => {
    const machine = new Machine(0);
    machine.deliver(20);
    for (let message = 0; message < 40; message += 1) {
      machine.deliver(120_000);
    }
    expect(machine.errorMs()).toBe(-20);
  });

  it('does not let a lease end before it began, so that two deliveries would work at once', () => {
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
    'by %d ms goes by the clock of SQS, but for the time of a delivery',
    (wrongByMs) => {
      const machine = new Machine(wrongByMs);
      machine.deliver(40);
      expect(machine.errorMs()).toBe(-40);
    },
  );

  it('goes by the quickest of the last deliveries, which is the nearest to the truth', () => {
    const machine = new Machine(-90_000);
    for (const afterMs of [900, 25, 400, 60_000]) {
      machine.deliver(afterMs);
    }
    expect(machine.errorMs()).toBe(-25);
  });

  it('shares a time with all others, to the time of a delivery, however wrong each of them is', () => {
    const wrong = fc.integer({ min: -3_600_000, max: 1_500 });
    const deliveries = fc.array(fc.integer({ min: 5, max: 500 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(wrong, deliveries, (wrongByMs, delaysMs) => {
        const machine = new Machine(wrongByMs);
        for (const afterMs of delaysMs) {
          machine.deliver(afterMs);
        }
        // Never ahead of the truth, and behind it by the quickest delivery.
        expect(machine.errorMs()).toBe(-Math.min(...delaysMs));
      }),
    );
  });
});

describe('a clock that is set meanwhile', () => {
  it('is right with the next message when it was ahead and is set back', () => {
    const machine = new Machine(1_500);
    machine.deliver(20);
    machine.wrongByMs = 0;
    machine.deliver(20);
    expect(machine.errorMs()).toBe(-20);
  });

  it('is right 16 messages later when it was behind and is set forward', () => {
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

  it('forgets a quick delivery after 16 more, since by then the clock may have drifted', () => {
    const machine = new Machine(0);
    machine.deliver(5);
    for (let message = 0; message < 16; message += 1) {
      machine.deliver(100);
    }
    expect(machine.errorMs()).toBe(-100);
  });
});
