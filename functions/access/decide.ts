import type { Agent, Grants } from './grants.ts';
import {
  type AccessLevel,
  accessLevels,
  allows,
  escapeMarks,
  type Operation,
  type OperationRequest,
  operationPath,
  type System,
} from './operation.ts';
import { type OperationName, operations } from './operations.ts';

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

/** A request whose path was written elsewhere, as the catalogue knows it. */
export interface KnownRequest {
  readonly name: OperationName;
  readonly request: OperationRequest;
}

/**
 * Finds the operation of a request by its method and path. It is strict: the path's values, written again by
 * {@link operationPath}, have to give the same path.
 *
 * @param path with its query
 * @returns `undefined` where the catalogue has no such operation
 */
export function operationOf(
  system: System,
  {
    method,
    path,
    body,
  }: { readonly method: string; readonly path: string; readonly body?: OperationRequest['body'] },
): KnownRequest | undefined {
  const [pathname = '', ...queries] = path.split('?');
  if (queries.length > 1) {
    return undefined;
  }
  for (const name of Object.keys(operations) as OperationName[]) {
    const operation: Operation = operations[name];
    const values =
      operation.system === system && operation.method === method && valuesIn(operation.path, pathname);
    const query = queries[0] === undefined ? {} : queryIn(queries[0]);
    if (values !== false && values !== undefined && query !== undefined) {
      const request = { path: values, query, ...(body === undefined ? {} : { body }) };
      const built = operationPath(operation, request);
      if (built.ok && built.path === escapeMarks(path)) {
        return { name, request };
      }
    }
  }
  return undefined;
}

/** The values of a template's `{names}`; `undefined` for a path of another form. */
function valuesIn(template: string, pathname: string): Readonly<Record<string, string>> | undefined {
  const expected = template.split('/');
  const found = pathname.split('/');
  if (expected.length !== found.length) {
    return undefined;
  }
  const values: [string, string][] = [];
  for (const [index, part] of expected.entries()) {
    const segment = found[index] ?? '';
    const name = /^\{([a-zA-Z]+)\}$/.exec(part)?.[1];
    const value = name === undefined ? undefined : decode(segment);
    if (name === undefined ? part !== segment : value === undefined) {
      return undefined;
    }
    if (name !== undefined && value !== undefined) {
      values.push([name, value]);
    }
  }
  return Object.fromEntries(values);
}

function queryIn(query: string): Readonly<Record<string, string>> | undefined {
  const pairs = query.split('&').map((pair) => {
    const [name = '', ...values] = pair.split('=');
    return [name, decode(values.join('='))] as const;
  });
  return pairs.some(([, value]) => value === undefined)
    ? undefined
    : (Object.fromEntries(pairs) as Readonly<Record<string, string>>);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
