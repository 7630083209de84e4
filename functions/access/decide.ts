import type { Agent, Grants } from './grants.ts';
import {
  type AccessLevel,
  accessLevels,
  type Operation,
  type OperationRequest,
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
  const granted = rankOf(own(own(grants, agent), resource));
  if (granted < rankOf(operation.level)) {
    const detail = `it has ${accessLevels[granted]} on ${resource}, and ${name} needs ${operation.level}`;
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

/** How far a level reaches. Whatever is not a level is `off`, also when it stands in the grants. */
function rankOf(level: unknown): number {
  return Math.max(0, accessLevels.indexOf(level as AccessLevel));
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

/** The path of a request, or why it has none. No detail holds a value: it may be an id of a person. */
export type BuiltPath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly detail: string };

const placeholder = /\{([a-zA-Z]+)\}/g;
/** Longer values are not ids. */
const maxSegmentLength = 1_000;
/** A cursor may be longer than an id. */
const maxQueryLength = 4_000;
/** Characters that no id has. Half characters, which cannot be written in a URL, are refused everywhere. */
const controlCharacter = /\p{Cc}/u;
const requestMembers: ReadonlySet<string> = new Set(['path', 'query', 'body']);

/**
 * Writes the path and query of a request. Each value becomes exactly one path segment or one query value: it is
 * percent-encoded, and `.` and `..`, which a client would resolve, are refused.
 */
export function operationPath(operation: Operation, request: OperationRequest): BuiltPath {
  if (typeof request !== 'object' || request === null) {
    return { ok: false, detail: 'the request is not an object' };
  }
  const { path = {}, query = {}, body } = request;
  const names = [...operation.path.matchAll(placeholder)].map(([, name = '']) => name);
  const problem =
    problemOfMembers('the request', request, [...requestMembers]) ??
    problemOfMembers('the path', path, names) ??
    problemOfMembers('the query', query, operation.query ?? []) ??
    names.map((name) => problemOfSegment(name, own(path, name))).find(Boolean) ??
    Object.entries(query)
      .map(([name, value]) => problemOfValue(name, value, maxQueryLength))
      .find(Boolean) ??
    (operation.hasBody === (body !== undefined) ? undefined : 'it has a body where none is sent, or none');
  if (problem !== undefined) {
    return { ok: false, detail: problem };
  }
  const written = operation.path.replace(placeholder, (_, name: string) =>
    encodeSegment(String(own(path, name))),
  );
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeSegment(value)}`);
  return { ok: true, path: pairs.length === 0 ? written : `${written}?${pairs.join('&')}` };
}

function encodeSegment(value: string): string {
  return escapeMarks(encodeURIComponent(value));
}

/** `encodeURIComponent` leaves `!'()*` as they are, which some servers read as syntax. */
function escapeMarks(value: string): string {
  return value.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function problemOfMembers(where: string, members: unknown, known: readonly string[]): string | undefined {
  if (typeof members !== 'object' || members === null) {
    return `${where} is not an object`;
  }
  const unknown = Object.keys(members).some((name) => !known.includes(name));
  return unknown
    ? `${where} has a member that this operation does not know; it knows ${known.join(', ') || 'none'}`
    : undefined;
}

function problemOfSegment(name: string, value: unknown): string | undefined {
  if (value === '.' || value === '..') {
    return `${name} would lead to another resource`;
  }
  return typeof value === 'string' && controlCharacter.test(value)
    ? `${name} has a character that no id has`
    : problemOfValue(name, value, maxSegmentLength);
}

function problemOfValue(name: string, value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength && value.isWellFormed()
    ? undefined
    : `${name} has to be a string of 1 to ${maxLength} characters`;
}
