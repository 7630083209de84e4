import type { Agent, Grants } from './grants.ts';
import { type AccessLevel, accessLevels, allows, type Operation } from './operation.ts';
import { type OperationRequest, operationPath } from './operationPath.ts';
import { operations } from './operations.ts';

/** Whether a call is made. `refused` is final: nothing is called. */
export type Decision =
  | { readonly kind: 'allowed'; readonly operation: Operation; readonly path: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'unknown_operation' | 'not_granted' | 'request_invalid';
      /** The end of a sentence for the call record and the run: it names no value of the request. */
      readonly detail: string;
    };

/**
 * Decides on one outside call. Everything that is not granted is refused: an unknown agent, operation, resource or level,
 * and a request that does not fit its operation. It calls nothing and never throws.
 *
 * @param name an {@link OperationName}; any other string is refused
 */
export function decide(agent: Agent, name: string, request: OperationRequest, grants: Grants): Decision {
  const operation: Operation | undefined = Object.hasOwn(operations, name)
    ? operations[name as keyof typeof operations]
    : undefined;
  if (operation === undefined) {
    return { kind: 'refused', reason: 'unknown_operation', detail: 'there is no such operation' };
  }
  const resource = `${operation.system}.${operation.resource}`;
  const granted = grantedLevel(agent, resource, grants);
  if (!allows(granted, operation.level)) {
    const detail = `it has ${granted} on ${resource}, and ${name} needs ${operation.level}`;
    return { kind: 'refused', reason: 'not_granted', detail };
  }
  const built = operationPath(operation, request);
  return built.ok
    ? { kind: 'allowed', operation, path: built.path }
    : {
        kind: 'refused',
        reason: 'request_invalid',
        detail: `the request of ${name} cannot be sent: ${built.detail}`,
      };
}

/** `off` for whatever is not granted, also when the grant holds something that is not a level. */
function grantedLevel(agent: Agent, resource: string, grants: Grants): AccessLevel {
  const level = own(own(grants, agent), resource);
  return accessLevels.find((known) => known === level) ?? 'off';
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
