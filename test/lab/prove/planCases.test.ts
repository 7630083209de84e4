import { describe, expect, it } from 'vitest';
import { accountFaults, awsFaults, maveraFaults, systemFaults } from '../../../lab/prove/crashes/fault.ts';
import {
  accountWaves,
  faultPairs,
  type KnownScenario,
  singleFaults,
} from '../../../lab/prove/crashes/planCases.ts';
import type { Scenario } from '../../../lab/prove/crashes/scenario.ts';

const scenario: Scenario = { trigger: 'ask', name: 'ask Mave', events: 1, isBatch: false, victim: 'runner' };
const steps = [
  { call: 'UpdateItem run', nth: 1 },
  { call: 'POST /mave/chat', nth: 1 },
  { call: 'GET /focus-groups/{id}', nth: 1 },
];
const known: KnownScenario = { scenario, steps };

function planned(scenarios: readonly KnownScenario[]): readonly string[] {
  return singleFaults(scenarios).flatMap(({ points }) =>
    points.map(({ step, fault }) => `${fault} at ${step.call}`),
  );
}

describe('the cases of the matrix', () => {
  it('are every fault of a server at every call to it', () => {
    expect(planned([known])).toEqual([
      ...awsFaults.map((fault) => `${fault} at UpdateItem run`),
      ...maveraFaults.map((fault) => `${fault} at POST /mave/chat`),
      ...maveraFaults.map((fault) => `${fault} at GET /focus-groups/{id}`),
    ]);
  });

  it('are some faults at some calls where the scenario says so', () => {
    const from = { ...scenario, from: 'POST /mave/chat', faults: ['killed after'] } as const;
    expect(planned([{ scenario: from, steps }])).toEqual([
      'killed after at POST /mave/chat',
      'killed after at GET /focus-groups/{id}',
    ]);
    const only = { ...scenario, only: ['UpdateItem run'], faults: ['late', '429'] } as const;
    expect(planned([{ scenario: only, steps }])).toEqual(['late at UpdateItem run']);
    const firstOnly = { ...scenario, firstOnly: true, faults: ['late'] } as const;
    const twice = [...steps, { call: 'UpdateItem run', nth: 2 }];
    expect(singleFaults([{ scenario: firstOnly, steps: twice }])).toHaveLength(steps.length);
  });

  it('are the faults of outside systems at calls to them', () => {
    const lookup = [{ call: 'segops GET /segments/{id}/', nth: 1 }];
    expect(planned([{ scenario, steps: lookup }])).toEqual(
      systemFaults.map((fault) => `${fault} at segops GET /segments/{id}/`),
    );
    const pace = [1, 2].map((nth) => ({ call: 'UpdateItem pace', nth }));
    const once = { ...scenario, firstOnly: ['UpdateItem pace'], faults: ['late'] } as const;
    expect(planned([{ scenario: once, steps: [...pace, ...lookup, ...lookup] }])).toEqual([
      'late at UpdateItem pace',
      'late at segops GET /segments/{id}/',
      'late at segops GET /segments/{id}/',
    ]);
  });

  it('have names of their own', () => {
    const cases = [
      ...singleFaults([known, known]),
      ...faultPairs([known], 50, 1),
      ...accountWaves([known]).flat(),
    ];
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });

  it('are pairs at two different calls, the same ones for the same seed', () => {
    const pairs = faultPairs([known], 200, 7);
    expect(pairs.every(({ points: [a, b] }) => a !== undefined && b !== undefined && a.step !== b.step)).toBe(
      true,
    );
    expect(faultPairs([known], 200, 7)).toEqual(pairs);
    expect(faultPairs([known], 200, 8)).not.toEqual(pairs);
  });

  it("are the account's faults at every call to Mavera, at reads last", () => {
    const waves = accountWaves([{ ...known, scenario: { ...scenario, atOnce: 5 } }]);
    const at = (call: string): readonly string[] => accountFaults.map((fault) => `${fault} at ${call}`);
    expect(
      waves.map((wave) =>
        wave.flatMap(({ points }) => points.map(({ step, fault }) => `${fault} at ${step.call}`)),
      ),
    ).toEqual([at('POST /mave/chat'), at('GET /focus-groups/{id}')]);
    expect(waves.flat().some((one) => one.scenario.atOnce !== undefined)).toBe(false);
  });

  it('know a handshake by the number of calls to Mavera before it', () => {
    const handshakes = singleFaults([known])
      .flatMap(({ points }) => points)
      .filter(({ fault }) => fault === 'TLS');
    expect(handshakes.map(({ step, handshake }) => [step.call, handshake])).toEqual([
      ['POST /mave/chat', 0],
      ['GET /focus-groups/{id}', 1],
    ]);
  });
});
