import * as z from 'zod';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/**
 * The part of an identity's policy document that can be evaluated here. `NotAction`, `NotResource` and every other
 * member are refused, so that no statement is misread silently.
 */
export const policyDocumentSchema = z.object({
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: oneOrMore,
      Resource: oneOrMore,
      Condition: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

/** A statement as in a policy document. */
export type StatementDocument = z.output<typeof policyDocumentSchema>['Statement'][number];

/** A statement ready to be evaluated. */
export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  matches(action: string, resource: string): boolean;
}

/** Whether a call is allowed, and if not, why. As in AWS, what is not allowed is denied, and a `Deny` always wins. */
export type Decision = 'allowed' | 'implicitly denied' | 'explicitly denied';

/** Makes a statement ready to be evaluated. Actions are compared without regard to case, resources with it. */
export function compileStatement(statement: StatementDocument): PolicyStatement {
  const actions = statement.Action.map((pattern) => wildcards(pattern, 'i'));
  const resources = statement.Resource.map((pattern) => wildcards(pattern, ''));
  return {
    effect: statement.Effect,
    actions: statement.Action,
    resources: statement.Resource,
    matches: (action, resource) =>
      actions.some((pattern) => pattern.test(action)) && resources.some((pattern) => pattern.test(resource)),
  };
}

/**
 * Decides one call by the statements of all policies of a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicy(
  statements: readonly PolicyStatement[],
  action: string,
  resource: string,
): Decision {
  const matching = statements.filter((statement) => statement.matches(action, resource));
  if (matching.some(({ effect }) => effect === 'Deny')) {
    return 'explicitly denied';
  }
  return matching.length > 0 ? 'allowed' : 'implicitly denied';
}

/** `*` stands for any characters, `?` for one; all other characters stand for themselves. */
function wildcards(pattern: string, flags: '' | 'i'): RegExp {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}
