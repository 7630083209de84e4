import type { Operation } from './operation.ts';

/** What a call sends. There is no place for a header or a URL: the gate alone sets those. */
export interface OperationRequest {
  /** The values of the path's `{names}`. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The path of a request, or why it has none. No detail holds a value: it may be an id of a person. */
export type BuiltPath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly detail: string };

const placeholder = /\{([a-zA-Z]+)\}/g;
/** Longer values are not ids. */
const maxValueLength = 1_000;
/** Characters that no id has, and half characters, which cannot be written in a URL. */
const unwritable = /[\p{Cc}\p{Cs}]/u;
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
      .map(([name, value]) => problemOfValue(name, value))
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

/** `encodeURIComponent` leaves `!'()*` as they are, which some servers read as syntax. */
function encodeSegment(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
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
  return value === '.' || value === '..'
    ? `${name} would lead to another resource`
    : problemOfValue(name, value);
}

function problemOfValue(name: string, value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > maxValueLength) {
    return `${name} has to be a string of 1 to ${maxValueLength} characters`;
  }
  return unwritable.test(value) ? `${name} has a character that no id has` : undefined;
}

function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
