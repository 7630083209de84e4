import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchGetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { callPurposes } from '../../../lab/simulation/runCalls/callPurposes.ts';
import { describeLedgerCall } from '../../../lab/simulation/runCalls/describeLedgerCall.ts';
import {
  type MeasuredKind,
  measureKinds,
  unitsOfCalls,
  withRunCalls,
} from '../../../lab/simulation/runCalls/runCallsPage.ts';
import { pagePath } from '../../../lab/simulation/simulationPage.ts';

const page = readFileSync(join(projectRoot, pagePath), 'utf8');
let measured: readonly MeasuredKind[];

beforeAll(async () => {
  measured = await measureKinds();
});

describe("a run's calls of the ledger", () => {
  it.each([
    ['bare', { calls: 8, writes: 7, indexWrites: 3, reads: 6 }],
    ['question', { calls: 10, writes: 10, indexWrites: 3, reads: 6 }],
    ['guarded', { calls: 13, writes: 20, indexWrites: 4, reads: 6 }],
    ['cooling', { calls: 5, writes: 5, indexWrites: 2, reads: 2.5 }],
    ['collected', { calls: 23, writes: 36, indexWrites: 7, reads: 17 }],
    ['parked', { calls: 10, writes: 10, indexWrites: 4, reads: 6 }],
  ])('a run that is %s costs these calls and units', (name, units) => {
    const found = measured.find(({ kind }) => kind.trigger.name === name);
    expect(unitsOfCalls(found?.calls ?? [])).toEqual(units);
  });

  it('docs/performance.md shows them (if not: npm run simulate -- --run-calls --write)', () => {
    expect(withRunCalls(page, measured)).toBe(page);
  });

  it('every call has one purpose, and every purpose is of a call', () => {
    for (const { isFor, is } of callPurposes) {
      expect(
        measured.some(({ calls }) => calls.some(is)),
        isFor,
      ).toBe(true);
    }
  });

  it('a call whose purpose is not told is an error', () => {
    const call = { operation: 'GetItem', items: ['kept#…'], notes: [], delivery: 1 };
    const [first] = measured.map(({ kind }) => kind);
    const strange = { kind: first, calls: [{ ...call, units: unitsOfCalls([]) }] } as MeasuredKind;
    expect(() => withRunCalls(page, [strange])).toThrow('makes GetItem kept#…');
  });

  it('a call is described without the ids of its run', () => {
    const Keys = ['breaker#mavera', 'cap#askMave', 'budget#*#2026-11'].map((pk) => ({ pk: { S: pk } }));
    expect(describeLedgerCall(new BatchGetItemCommand({ RequestItems: { ledger: { Keys } } }))).toEqual({
      operation: 'BatchGetItem',
      items: ['breaker#mavera', 'cap#askMave', 'budget#…'],
      notes: [],
    });
    expect(() => describeLedgerCall(new ScanCommand({ TableName: 'ledger' }))).toThrow('ScanCommand');
  });
});
