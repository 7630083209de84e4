import { accountId, partition } from '../account/account.ts';
import { evaluatePolicy, type PolicyStatement } from './policy.ts';
import type { RequiredPermission } from './requiredPermission.ts';

/** A function as the caller of a service. */
export interface Principal {
  readonly accessKeyId: string;
  readonly functionName: string;
  readonly roleName: string;
  readonly statements: readonly PolicyStatement[];
}

/** Whether a call is allowed; if not, the missing permission and AWS's message. */
export type Authorization =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly lacking: RequiredPermission; readonly message: string };

/** Decides whether a function may make a call that needs all of these permissions. */
export function authorize(principal: Principal, permissions: readonly RequiredPermission[]): Authorization {
  for (const permission of permissions) {
    const decision = evaluatePolicy(principal.statements, permission.action, permission.resource);
    if (decision !== 'allowed') {
      const because =
        decision === 'explicitly denied'
          ? 'with an explicit deny in an identity-based policy'
          : `because no identity-based policy allows the ${permission.action} action`;
      return { allowed: false, lacking: permission, message: sentence(principal, permission, because) };
    }
  }
  return { allowed: true };
}

function sentence(principal: Principal, { action, resource }: RequiredPermission, because: string): string {
  const { roleName, functionName } = principal;
  const caller = `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${functionName}`;
  return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
}
