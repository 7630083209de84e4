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

/** A flood that holds. */
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

describe('the verdict on a flood', () => {
  it('is good when good events were tried again until they were accepted, and run once', () => {
    expect(judgeFloods(held)).toEqual([]);
  });

  it('names the seed that repeats the flood', () => {
    expect(failuresOf({ seed: 9, deadLetters: 1 })).toEqual(one(/\(seed 9\)$/));
  });
});

describe('the answers of a flood', () => {
  it.each([200, 500, 502, 403, 'none'] as const)(
    'fails a flood when a bad request is answered %s',
    (answer) => {
      const answers = new Map([...kind.answers, [answer, 1] as const]);
      expect(failuresOf({ kinds: [{ ...kind, answers }] })).toEqual(
        one(new RegExp(`"unsigned": 1 of 3 requests answered ${answer}, not 401`)),
      );
    },
  );

  it('fails a flood when a bad request is answered only 503', () => {
    expect(failuresOf({ kinds: [{ ...kind, answers: new Map([[503, 3]]) }] })).toEqual(
      one(/none of 3 requests answered 401/),
    );
  });

  it('fails a flood when a good request is answered with a status that Segment never tries again', () => {
    const refused = { ...delivery, outcome: 'discarded', answers: [503, 401] };
    expect(failuresOf({ deliveries: [refused] })).toEqual([
      expect.stringMatching(/discarded after the answers 503, 401/),
      expect.stringMatching(/answered 401, which Segment never tries again/),
    ]);
  });

  it('fails a flood when no good traffic was sent at all', () => {
    const nothing = {
      deliveries: [],
      callsByMarker: new Map(),
      ledger: { ...ledger, claims: new Set<string>(), runs: 0 },
    };
    expect(failuresOf(nothing)).toEqual(one(/no good traffic/));
  });
});

describe('the runs of a flood', () => {
  it('fails a flood when a good event is lost', () => {
    expect(failuresOf({ callsByMarker: new Map([['good-1', 1]]) })).toEqual(one(/good-2 was lost/));
  });

  it('fails a flood when a good event is run twice', () => {
    const callsByMarker = new Map([...held.callsByMarker, ['good-1', 2] as const]);
    expect(failuresOf({ callsByMarker })).toEqual(one(/good-1 was run 2 times/));
  });

  it('fails a flood when Mavera is asked for a bad event', () => {
    const callsByMarker = new Map([...held.callsByMarker, ['bad-1', 1] as const]);
    expect(failuresOf({ callsByMarker })).toEqual(one(/asked for bad-1/));
  });

  it('fails a flood when a message is in the dead-letter queue', () => {
    expect(failuresOf({ deadLetters: 2 })).toEqual(one(/2 messages lie in the dead-letter queue/));
  });

  it('fails a flood as not finished, rather than lost, when runs still wait', () => {
    const slow = { callsByMarker: new Map([['good-1', 1]]), waitsFor: 'run#1 is waiting (concurrency)' };
    expect(failuresOf(slow)).toEqual(one(/^1 good events are not finished, waiting for run#1 is waiting/));
  });
});

describe('the ledger of a flood', () => {
  it('fails a flood when a bad request has made a claim', () => {
    const claims = new Set([...ledger.claims, claimOf('bad-1')]);
    expect(failuresOf({ ledger: { ...ledger, claims } })).toEqual(one(/made by the flood "unsigned"/));
  });

  it('fails a flood when there is a claim of an unknown event', () => {
    const claims = new Set([...ledger.claims, 'claim#0']);
    expect(failuresOf({ ledger: { ...ledger, claims } })).toEqual(
      one(/claim#0 was made by an unknown event/),
    );
  });

  it('fails a flood when the claim of a good event is missing, unless the receiver says that it queued it without one', () => {
    const claims = new Set([claimOf('good-1')]);
    expect(failuresOf({ ledger: { ...ledger, claims } })).toEqual(one(/1 of 2 good events have no claim/));
    expect(failuresOf({ ledger: { ...ledger, claims, bypassed: 1 } })).toEqual([]);
  });

  it('fails a flood when there are more runs than good events', () => {
    expect(failuresOf({ ledger: { ...ledger, runs: 3 } })).toEqual(one(/3 runs for 2 good events/));
  });
});

describe('the memory of a flood', () => {
  it.each(['firstPeakMb', 'secondPeakMb'] as const)(
    'when an environment takes all that Lambda gives it: %s',
    (peak) => {
      expect(failuresOf({ environments: [{ ...environment, [peak]: 512 }] })).toEqual(
        one(/receiver environment 42 took 512 MB of the 512 MB/),
      );
    },
  );

  it('fails a flood when an environment keeps what the floods sent', () => {
    expect(failuresOf({ live: [{ ...live, lastMb: 33 }] })).toEqual(
      one(/receiver keeps growing: it needs 16 MB/),
    );
  });

  it('fails a flood when the front keeps the bodies of the floods', () => {
    const front = { ...live, name: frontName };
    expect(failuresOf({ live: [{ ...front, lastMb: 60 }] })).toEqual([]);
    expect(failuresOf({ live: [{ ...front, lastMb: 160 }] })).toEqual(one(/front and servers keeps growing/));
  });

  it('fails a flood when an environment did not report its memory', () => {
    expect(failuresOf({ live: [{ ...live, told: [0, 1] }] })).toEqual(one(/0 of 1 processes \(receiver\)/));
  });

  it('fails a flood when no environment was watched', () => {
    expect(failuresOf({ environments: [] })).toEqual(one(/no environment was watched/));
  });
});

describe('the functions of a flood', () => {
  it('fails a flood when an environment has ended', () => {
    expect(failuresOf({ environments: [{ ...environment, isAlive: false }] })).toEqual(
      one(/receiver environment 42 ended while the floods went on/),
    );
  });

  it('fails a flood when the receiver takes more CPU for a request than Lambda gives it time', () => {
    const receiverCpu = { mostSeconds: 10.1, limitSeconds: 10 };
    expect(failuresOf({ receiverCpu })).toEqual(one(/the receiver took 10\.1 s of CPU for one request/));
  });

  it('fails a flood when a function logs a crash', () => {
    expect(failuresOf({ crashLines: ['FATAL ERROR: heap out of memory'] })).toEqual(one(/FATAL ERROR/));
  });

  it('fails a flood when a request that never ended started an invocation', () => {
    expect(failuresOf({ invocations: { seen: 7, expectedAtMost: 6 } })).toEqual(
      one(/invoked 7 times for 6 whole requests/),
    );
  });
});
