import { describe, expect, it } from 'vitest';
import type { RecordedCalls } from '../../local/iam/callRecord.ts';
import {
  type PermissionReport,
  permissionReport,
  type UnusedByDesign,
} from '../../local/iam/permissionReport.ts';
import { compileStatement, type PolicyStatement } from '../../local/iam/policy.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/ledger';
const queue = 'arn:aws:sqs:us-east-1:000000000000:runs';
const deadLetters = 'arn:aws:sqs:us-east-1:000000000000:dead-letters';

function allow(actions: readonly string[], ...resources: readonly string[]): PolicyStatement {
  return compileStatement({ Effect: 'Allow', Action: [...actions], Resource: [...resources] });
}

type Call = readonly [functionName: string, action: string, resource: string];

function recorded(allowed: readonly Call[], refused: readonly Call[] = []): RecordedCalls {
  const calls = (all: readonly Call[]): RecordedCalls['allowed'] =>
    all.map(([functionName, action, resource]) => ({ functionName, action, resource, count: 2 }));
  return { allowed: calls(allowed), refused: calls(refused) };
}

/** The report of one function, the runner. */
function reportOf(
  statements: readonly PolicyStatement[],
  calls: RecordedCalls,
  exceptions: readonly UnusedByDesign[] = [],
): PermissionReport {
  return permissionReport({ principals: [{ functionName: 'runner', statements }], calls, exceptions });
}

const nothing: PermissionReport = { refused: [], unused: [], needless: [] };

describe('the report on permissions', () => {
  it('is empty when each permission was used, and no other was needed', () => {
    const statements = [
      allow(['dynamodb:PutItem', 'dynamodb:GetItem'], table),
      allow(['sqs:SendMessage'], queue),
    ];
    const calls = recorded([
      ['runner', 'dynamodb:PutItem', table],
      ['runner', 'dynamodb:GetItem', table],
      ['runner', 'sqs:SendMessage', queue],
    ]);
    expect(reportOf(statements, calls)).toEqual(nothing);
  });

  it('lists a permission that no call has used, by function, action and resource', () => {
    const statements = [allow(['dynamodb:PutItem', 'dynamodb:DeleteItem'], table)];
    expect(reportOf(statements, recorded([['runner', 'dynamodb:PutItem', table]]))).toEqual({
      ...nothing,
      unused: [{ functionName: 'runner', action: 'dynamodb:DeleteItem', resource: table }],
    });
  });

  it('lists a resource that was not used, although its action was used on another', () => {
    const statements = [allow(['sqs:SendMessage'], queue, deadLetters)];
    expect(reportOf(statements, recorded([['runner', 'sqs:SendMessage', queue]])).unused).toEqual([
      { functionName: 'runner', action: 'sqs:SendMessage', resource: deadLetters },
    ]);
  });

  it('does not count the call of one function as a use of another function’s permission', () => {
    const statements = [allow(['sqs:SendMessage'], queue)];
    const principals = ['receiver', 'runner'].map((functionName) => ({ functionName, statements }));
    const calls = recorded([['receiver', 'sqs:SendMessage', queue]]);
    expect(permissionReport({ principals, calls }).unused).toEqual([
      { functionName: 'runner', action: 'sqs:SendMessage', resource: queue },
    ]);
  });

  it('lists refused calls with counts, and does not count them as uses', () => {
    const refused = recorded([], [['runner', 'dynamodb:Scan', table]]);
    expect(reportOf([allow(['dynamodb:Query'], table)], refused)).toEqual({
      refused: [{ functionName: 'runner', action: 'dynamodb:Scan', resource: table, count: 2 }],
      unused: [{ functionName: 'runner', action: 'dynamodb:Query', resource: table }],
      needless: [],
    });
  });

  it.each([
    ['dynamodb:*', table],
    ['dynamodb:PutItem', '*'],
    ['dynamodb:Put*', 'arn:aws:dynamodb:*:*:table/*'],
    ['DynamoDB:putitem', table],
  ])('counts %s on %s as used by a call that it covers', (action, resource) => {
    const calls = recorded([['runner', 'dynamodb:PutItem', table]]);
    expect(reportOf([allow([action], resource)], calls)).toEqual(nothing);
  });

  it('does not count a Deny as a permission', () => {
    const deny = compileStatement({ Effect: 'Deny', Action: ['dynamodb:DeleteItem'], Resource: ['*'] });
    expect(reportOf([deny], recorded([]))).toEqual(nothing);
  });
});

describe('an exception', () => {
  const traces: UnusedByDesign = {
    functionName: 'runner',
    action: 'xray:PutTraceSegments',
    reason: 'Lambda itself writes traces.',
  };
  const statements = [allow(['xray:PutTraceSegments'], '*')];

  it('excuses a permission that was not used', () => {
    expect(reportOf(statements, recorded([]), [traces])).toEqual(nothing);
  });

  it('excuses no other action, and no other function', () => {
    const others = [
      { ...traces, action: 'xray:PutTelemetryRecords' },
      { ...traces, functionName: 'receiver' },
    ];
    expect(reportOf(statements, recorded([]), others)).toEqual({
      refused: [],
      unused: [{ functionName: 'runner', action: 'xray:PutTraceSegments', resource: '*' }],
      needless: others.map((other) => ({ ...other, because: 'not held' })),
    });
  });

  it('is needless when its permission was used', () => {
    const calls = recorded([['runner', 'xray:PutTraceSegments', '*']]);
    expect(reportOf(statements, calls, [traces])).toEqual({
      ...nothing,
      needless: [{ ...traces, because: 'used' }],
    });
  });

  it('is needless when the role does not have it', () => {
    expect(reportOf([], recorded([]), [traces])).toEqual({
      ...nothing,
      needless: [{ ...traces, because: 'not held' }],
    });
  });
});
