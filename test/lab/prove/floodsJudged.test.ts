import { describe, expect, it } from 'vitest';
import type { GoodDelivery } from '../../../lab/prove/floods/goodTraffic.ts';
import { judgeFloods } from '../../../lab/prove/floods/judgeFloods.ts';
import {
  type EnvironmentMemory,
  type FloodObservation,
  frontName,
  type KindObservation,
  type LedgerObservation,
  type LiveMemory,
} from '../../../lab/prove/floods/observation.ts';
import { claimOf } from '../../../lab/prove/floods/wantedEvent.ts';

const kind: KindObservation = {
  name: 'unsigned',
  expected: new Set([401]),
  requests: 3,
  answers: new Map([
    [401, 2],
    [503, 1],
  ]),
  goodBeside: 2,
};

const delivery: GoodDelivery = {
  markers: ['good-1', 'good-2'],
  endedAtMs: 0,
  outcome: 'delivered',
  answers: ['none', 503, 200],
};

const ledger: LedgerObservation = {
  claims: new Set([claimOf('good-1'), claimOf('good-2')]),
  runs: 2,
  kindByBadClaim: new Map([[claimOf('bad-1'), 'unsigned']]),
  bypassed: 0,
};

const environment: EnvironmentMemory = {
  functionName: 'receiver',
  pid: 42,
  limitMb: 512,
  firstPeakMb: 200,
  secondPeakMb: 300,
  isAlive: true,
};

const live: LiveMemory = { name: 'receiver', told: [1, 1], firstMb: 16, lastMb: 18 };

/** A flood in which all held. */
const held: FloodObservation = {
  seed: 1,
  kinds: [kind],
  deliveries: [delivery],
  ledger,
  callsByMarker: new Map([
    ['good-1', 1],
    ['good-2', 1],
  ]),
  deadLetters: 0,
  environments: [environment],
  live: [live],
  invocations: { seen: 6, expectedAtMost: 6 },
  crashLines: [],
  receiverCpu: { mostSeconds: 1.5, limitSeconds: 10 },
  waitsFor: undefined,
};

function failuresOf(changes: Partial<FloodObservation>): readonly string[] {
  return judgeFloods({ ...held, ...changes });
}

const one = (pattern: RegExp): unknown => [expect.stringMatching(pattern)];

describe('what a flood came to', () => {
  it('is nothing to complain of when good events were tried again until they were accepted, and run once', () => {
    expect(judgeFloods(held)).toEqual([]);
  });

  it('names the seed to repeat it with', () => {
    expect(failuresOf({ seed: 9, deadLetters: 1 })).toEqual(one(/\(seed 9\)$/));
  });
});

describe('an answer fails it', () => {
  it.each([200, 500, 502, 403, 'none'] as const)('when a bad request is answered %s', (answer) => {
    const answers = new Map([...kind.answers, [answer, 1] as const]);
    expect(failuresOf({ kinds: [{ ...kind, answers }] })).toEqual(
      one(new RegExp(`"unsigned": 1 of 3 requests answered ${answer}, not 401`)),
    );
  });

  it('when a bad request is never answered but with 503', () => {
    expect(failuresOf({ kinds: [{ ...kind, answers: new Map([[503, 3]]) }] })).toEqual(
      one(/none of 3 requests answered 401/),
    );
  });

  it('when a good request is answered with what Segment never tries again', () => {
    const refused = { ...delivery, outcome: 'discarded', answers: [503, 401] };
    expect(failuresOf({ deliveries: [refused] })).toEqual([
      expect.stringMatching(/discarded after the answers 503, 401/),
      expect.stringMatching(/answered 401, which Segment never tries again/),
    ]);
  });

  it('when no good traffic was sent at all', () => {
    const nothing = {
      deliveries: [],
      callsByMarker: new Map(),
      ledger: { ...ledger, claims: new Set<string>(), runs: 0 },
    };
    expect(failuresOf(nothing)).toEqual(one(/no good traffic/));
  });
});

describe('a run fails it', () => {
  it('when a good event is lost', () => {
    expect(failuresOf({ callsByMarker: new Map([['good-1', 1]]) })).toEqual(one(/good-2 was lost/));
  });

  it('when a good event is run twice', () => {
    const callsByMarker = new Map([...held.callsByMarker, ['good-1', 2] as const]);
    expect(failuresOf({ callsByMarker })).toEqual(one(/good-1 was run 2 times/));
  });

  it('when Mavera is asked for a bad event', () => {
    const callsByMarker = new Map([...held.callsByMarker, ['bad-1', 1] as const]);
    expect(failuresOf({ callsByMarker })).toEqual(one(/asked for bad-1/));
  });

  it('when a message was given up', () => {
    expect(failuresOf({ deadLetters: 2 })).toEqual(one(/2 messages lie in the dead-letter queue/));
  });

  it('when it is not finished, which is not called lost', () => {
    const slow = { callsByMarker: new Map([['good-1', 1]]), waitsFor: 'run#1 is waiting (concurrency)' };
    expect(failuresOf(slow)).toEqual(one(/^1 good events are not finished, waiting for run#1 is waiting/));
  });
});

describe('the ledger fails it', () => {
  it('when a bad request has made a claim', () => {
    const claims = new Set([...ledger.claims, claimOf('bad-1')]);
    expect(failuresOf({ ledger: { ...ledger, claims } })).toEqual(one(/made by the flood "unsigned"/));
  });

  it('when there is a claim that nobody knows', () => {
    const claims = new Set([...ledger.claims, 'claim#0']);
    expect(failuresOf({ ledger: { ...ledger, claims } })).toEqual(
      one(/claim#0 was made by an unknown event/),
    );
  });

  it('when the claim of a good event is missing, save one that the receiver says it did without', () => {
    const claims = new Set([claimOf('good-1')]);
    expect(failuresOf({ ledger: { ...ledger, claims } })).toEqual(one(/1 of 2 good events have no claim/));
    expect(failuresOf({ ledger: { ...ledger, claims, bypassed: 1 } })).toEqual([]);
  });

  it('when there are more runs than good events', () => {
    expect(failuresOf({ ledger: { ...ledger, runs: 3 } })).toEqual(one(/3 runs for 2 good events/));
  });
});

describe('the memory fails it', () => {
  it.each(['firstPeakMb', 'secondPeakMb'] as const)(
    'when an environment takes all that Lambda gives it: %s',
    (peak) => {
      expect(failuresOf({ environments: [{ ...environment, [peak]: 512 }] })).toEqual(
        one(/receiver environment 42 took 512 MB of the 512 MB/),
      );
    },
  );

  it('when an environment keeps what the floods sent', () => {
    expect(failuresOf({ live: [{ ...live, lastMb: 33 }] })).toEqual(
      one(/receiver keeps growing: it needs 16 MB/),
    );
  });

  it('when the front keeps the bodies of the floods', () => {
    const front = { ...live, name: frontName };
    expect(failuresOf({ live: [{ ...front, lastMb: 60 }] })).toEqual([]);
    expect(failuresOf({ live: [{ ...front, lastMb: 160 }] })).toEqual(one(/front and servers keeps growing/));
  });

  it('when an environment did not say what it needs', () => {
    expect(failuresOf({ live: [{ ...live, told: [0, 1] }] })).toEqual(one(/0 of 1 processes \(receiver\)/));
  });

  it('when none was watched', () => {
    expect(failuresOf({ environments: [] })).toEqual(one(/no environment was watched/));
  });
});

describe('a function fails it', () => {
  it('when one of its environments has died', () => {
    expect(failuresOf({ environments: [{ ...environment, isAlive: false }] })).toEqual(
      one(/receiver environment 42 ended while the floods went on/),
    );
  });

  it('when the receiver takes more CPU for a request than Lambda gives it time', () => {
    const receiverCpu = { mostSeconds: 10.1, limitSeconds: 10 };
    expect(failuresOf({ receiverCpu })).toEqual(one(/the receiver took 10\.1 s of CPU for one request/));
  });

  it('when it writes of a crash', () => {
    expect(failuresOf({ crashLines: ['FATAL ERROR: heap out of memory'] })).toEqual(one(/FATAL ERROR/));
  });

  it('when a request that never ended started an invocation', () => {
    expect(failuresOf({ invocations: { seen: 7, expectedAtMost: 6 } })).toEqual(
      one(/invoked 7 times for 6 whole requests/),
    );
  });
});
