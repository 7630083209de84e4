import type { Principal } from './authorize.ts';
import type { RecordedCall, RecordedCalls } from './callRecord.ts';
import { compileStatement } from './policy.ts';
import type { RequiredPermission } from './requiredPermission.ts';

/** A permission of a function's role, as in its policy: action and resource may be patterns. */
export interface HeldPermission extends RequiredPermission {
  readonly functionName: string;
}

/** A permission, on any resource, that no call is expected to use, and why the role has it. */
export interface UnusedByDesign {
  readonly functionName: string;
  /** As in the policy. */
  readonly action: string;
  readonly reason: string;
}

/** An exception that is not needed: its permission was used, or the role does not have it. */
export interface NeedlessException extends UnusedByDesign {
  readonly because: 'used' | 'not held';
}

/** Where roles and calls differ; all lists are empty when each role has exactly what its function uses. */
export interface PermissionReport {
  /** What functions needed and their roles do not permit. */
  readonly refused: readonly RecordedCall[];
  /** What roles permit and no call has used, without the exceptions. */
  readonly unused: readonly HeldPermission[];
  readonly needless: readonly NeedlessException[];
}

/** What is compared. */
export interface PermissionReportOptions {
  readonly principals: readonly Pick<Principal, 'functionName' | 'statements'>[];
  readonly calls: RecordedCalls;
  readonly exceptions?: readonly UnusedByDesign[];
}

interface Held {
  readonly permission: HeldPermission;
  readonly isUsed: boolean;
}

/**
 * Compares the permissions of roles with the calls that their functions made: one line for each function, action and
 * resource. A permission that is written twice is two lines, and a call uses both. A `Deny` is not a permission.
 */
export function permissionReport({
  principals,
  calls,
  exceptions = [],
}: PermissionReportOptions): PermissionReport {
  const held = principals.flatMap((principal) => heldBy(principal, calls.allowed));
  return {
    refused: calls.refused,
    unused: held
      .filter(({ permission, isUsed }) => !isUsed && !exceptions.some((one) => isAbout(one, permission)))
      .map(({ permission }) => permission),
    needless: exceptions.flatMap((exception) => {
      const because = whyNeedless(held.filter(({ permission }) => isAbout(exception, permission)));
      return because === undefined ? [] : [{ ...exception, because }];
    }),
  };
}

function heldBy(
  { functionName, statements }: PermissionReportOptions['principals'][number],
  allowed: readonly RecordedCall[],
): readonly Held[] {
  const own = allowed.filter((call) => call.functionName === functionName);
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ functionName, action, resource }))),
    )
    .map((permission) => ({ permission, isUsed: isUsedBy(own, permission) }));
}

/** @param meant the permissions that an exception is about */
function whyNeedless(meant: readonly Held[]): NeedlessException['because'] | undefined {
  if (meant.length === 0) {
    return 'not held';
  }
  return meant.some(({ isUsed }) => isUsed) ? 'used' : undefined;
}

function isUsedBy(calls: readonly RecordedCall[], { action, resource }: HeldPermission): boolean {
  const permits = compileStatement({ Effect: 'Allow', Action: [action], Resource: [resource] });
  return calls.some((call) => permits.matches(call.action, call.resource));
}

function isAbout(exception: UnusedByDesign, { functionName, action }: HeldPermission): boolean {
  return exception.functionName === functionName && exception.action === action;
}
