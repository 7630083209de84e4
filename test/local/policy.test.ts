import { describe, expect, it } from 'vitest';
import { authorize } from '../../local/iam/authorize.ts';
import { compileStatement, evaluatePolicy, policyDocumentSchema } from '../../local/iam/policy.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/ledger';

function policy(...statements: readonly object[]): ReturnType<typeof compileStatement>[] {
  return policyDocumentSchema.parse({ Statement: statements }).Statement.map(compileStatement);
}

describe('a role’s policies', () => {
  it('permit nothing that no statement allows', () => {
    expect(evaluatePolicy([], 'dynamodb:PutItem', table)).toBe('implicitly denied');
  });

  it('permit an action on a resource that a statement names, and no other', () => {
    const statements = policy({
      Effect: 'Allow',
      Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
      Resource: table,
    });
    expect(evaluatePolicy(statements, 'dynamodb:GetItem', table)).toBe('allowed');
    expect(evaluatePolicy(statements, 'dynamodb:UpdateItem', table)).toBe('implicitly denied');
    expect(evaluatePolicy(statements, 'dynamodb:GetItem', `${table}s`)).toBe('implicitly denied');
  });

  it('ignore case in actions but not in resources', () => {
    const statements = policy({ Effect: 'Allow', Action: 'dynamodb:putitem', Resource: table });
    expect(evaluatePolicy(statements, 'dynamodb:PutItem', table)).toBe('allowed');
    expect(evaluatePolicy(statements, 'dynamodb:PutItem', table.replace('ledger', 'Ledger'))).toBe(
      'implicitly denied',
    );
  });

  it.each([
    ['dynamodb:*', '*', true],
    ['dynamodb:Put*', `${table}*`, true],
    ['dynamodb:PutIte?', `${table.slice(0, -1)}?`, true],
    ['dynamodb:Pu?Item', table, true],
    ['sqs:*', '*', false],
    ['dynamodb.PutItem', '*', false],
    ['dynamodb:*', `${table}/index/*`, false],
  ])('understand %s on %s', (Action, Resource, allowed) => {
    const statements = policy({ Effect: 'Allow', Action, Resource });
    expect(evaluatePolicy(statements, 'dynamodb:PutItem', table) === 'allowed').toBe(allowed);
  });

  it('deny what one Deny names, whatever is allowed', () => {
    const statements = policy(
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' },
    );
    expect(evaluatePolicy(statements, 'dynamodb:DeleteItem', table)).toBe('explicitly denied');
    expect(evaluatePolicy(statements, 'dynamodb:PutItem', table)).toBe('allowed');
  });

  it('are refused when they have a part that cannot be evaluated', () => {
    const document = { Statement: [{ Effect: 'Allow', NotAction: 'a:b', Resource: '*' }] };
    expect(policyDocumentSchema.safeParse(document).success).toBe(false);
  });
});

describe('a call', () => {
  const principal = {
    accessKeyId: 'key',
    functionName: 'receiver-1',
    roleName: 'receiver-role',
    statements: policy({ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: table }),
  };

  it('is allowed when the role has every permission that it needs', () => {
    const permission = { action: 'dynamodb:PutItem', resource: table };
    expect(authorize(principal, [permission, permission])).toEqual({ allowed: true });
  });

  it('is refused in AWS’s words when one is missing', () => {
    const lacking = { action: 'dynamodb:DeleteItem', resource: table };
    expect(authorize(principal, [{ action: 'dynamodb:PutItem', resource: table }, lacking])).toEqual({
      allowed: false,
      lacking,
      message:
        'User: arn:aws:sts::000000000000:assumed-role/receiver-role/receiver-1 is not authorized to perform: ' +
        `dynamodb:DeleteItem on resource: ${table} because no identity-based policy allows the dynamodb:DeleteItem action`,
    });
  });
});
