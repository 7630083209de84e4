import * as z from 'zod';
import {
  compileStatement,
  type PolicyStatement,
  policyDocumentSchema,
  type StatementDocument,
} from '../iam/policy.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from './parseProperties.ts';
import type { Template } from './template.ts';

const roleSchema = z.object({
  AssumeRolePolicyDocument: z.object({
    Statement: z.array(z.object({ Principal: z.object({ Service: z.unknown() }).optional() })),
  }),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.undefined({ error: 'permissions boundaries are not evaluated' }).optional(),
  Policies: z.array(z.object({ PolicyDocument: policyDocumentSchema })).default([]),
});

const policySchema = z.object({
  PolicyDocument: policyDocumentSchema,
  Groups: z.undefined().optional(),
  Users: z.undefined().optional(),
  Roles: z.array(z.string()),
});

/** AWS's managed policies that permit only writing logs and traces, which nothing here does. */
const managedPoliciesWithoutEffect: readonly string[] = [
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
  'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess',
];

/** The services that act with roles of the template here. */
const callers: readonly unknown[] = ['lambda.amazonaws.com', 'scheduler.amazonaws.com'];

/** The services whose calls are checked. */
const servedPrefixes: readonly string[] = ['dynamodb:', 'secretsmanager:', 'sns:', 'sqs:'];

/** The name of a role by its logical id, and the resolved properties of any resource. */
export interface PolicySources {
  roleName(logicalId: string): string;
  properties(logicalId: string): unknown;
}

/**
 * Collects the statements of each role: its own, and those of the policies attached to it.
 *
 * @throws {LocalSystemError} for a statement or a managed policy that the local system cannot evaluate.
 */
export function rolePolicies(
  template: Template,
  sources: PolicySources,
): ReadonlyMap<string, readonly PolicyStatement[]> {
  const byRole = new Map<string, PolicyStatement[]>();
  const add = (roleName: string, logicalId: string, statements: readonly StatementDocument[]): void => {
    byRole.set(roleName, [...(byRole.get(roleName) ?? []), ...evaluable(logicalId, statements)]);
  };
  for (const { logicalId, type } of template.resources) {
    if (type === 'AWS::IAM::Role') {
      const role = parseProperties(roleSchema, logicalId, sources.properties(logicalId));
      if (!isOfCaller(role)) {
        continue;
      }
      checkManagedPolicies(logicalId, role.ManagedPolicyArns);
      add(
        sources.roleName(logicalId),
        logicalId,
        role.Policies.flatMap((policy) => policy.PolicyDocument.Statement),
      );
    } else if (type === 'AWS::IAM::Policy') {
      const policy = parseProperties(policySchema, logicalId, sources.properties(logicalId));
      for (const roleName of policy.Roles) {
        add(roleName, logicalId, policy.PolicyDocument.Statement);
      }
    }
  }
  return byRole;
}

/** Functions and schedules call AWS here. What other services do with their roles, such as releases, is not done here. */
function isOfCaller({ AssumeRolePolicyDocument }: z.output<typeof roleSchema>): boolean {
  return AssumeRolePolicyDocument.Statement.some(({ Principal }) =>
    [Principal?.Service].flat().some((service) => callers.includes(service)),
  );
}

function checkManagedPolicies(logicalId: string, arns: readonly string[]): void {
  for (const arn of arns) {
    if (!managedPoliciesWithoutEffect.includes(arn)) {
      throw new LocalSystemError(`${logicalId}: the local system does not know what ${arn} permits`);
    }
  }
}

/** Statements with a condition are left out if they are about services that are not here, and refused otherwise. */
function evaluable(logicalId: string, statements: readonly StatementDocument[]): readonly PolicyStatement[] {
  return statements.filter((statement) => isEvaluable(logicalId, statement)).map(compileStatement);
}

function isEvaluable(logicalId: string, statement: StatementDocument): boolean {
  if (statement.Condition === undefined) {
    return true;
  }
  const aboutServed = statement.Action.some((action) => couldMatchServed(action.toLowerCase()));
  if (aboutServed) {
    const condition = Object.keys(statement.Condition).join(', ');
    throw new LocalSystemError(
      `${logicalId}: the local system does not evaluate conditions (${condition}) on ${statement.Action.join(', ')}`,
    );
  }
  return false;
}

function couldMatchServed(action: string): boolean {
  const prefix = action.slice(0, action.indexOf(':') + 1);
  return prefix === '' || /[*?]/.test(prefix) || servedPrefixes.includes(prefix);
}
