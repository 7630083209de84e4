/** An outside API that functions call. */
export type System = 'mavera' | 'segment' | 'segmentProfiles' | 'segmentTracking' | 'sendgrid' | 'segops';

/** What an agent may do with a resource; each level includes those before it. `full`: what cannot be undone. */
export const accessLevels = ['off', 'read', 'write', 'full'] as const;

export type AccessLevel = (typeof accessLevels)[number];

/** What an operation does: a verb, and the rest of the sentence. */
export type Phrase = readonly [
  verb: 'ask' | 'create' | 'list' | 'read' | 'send' | 'start' | 'update',
  what: string,
];

/** One kind of call to a system. */
export interface Operation {
  /**
   * For call records.
   * @example ['ask', 'Mave a question']
   */
  readonly does: Phrase;
  readonly system: System;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /**
   * Path below the system's base URL. `{name}` stands for one path segment.
   * @example '/personas/{id}'
   */
  readonly path: string;
  /** Names of the query parameters that a request may have. @default none */
  readonly query?: readonly string[];
  /** What it reads or changes, such as `personas`. */
  readonly resource: string;
  /** The level that a grant needs. */
  readonly level: Exclude<AccessLevel, 'off'>;
  /** Whether a request has a body. */
  readonly hasBody: boolean;
  /** Requests that the system documents as its limit; absent where it documents none. */
  readonly limit?: RateLimit;
}

/** A rate limit. Operations with the same name share one pace. */
export interface RateLimit {
  readonly name: string;
  readonly requests: number;
  readonly perMs: number;
}

/** Whether a level is enough for another one. */
export function allows(granted: AccessLevel, needed: AccessLevel): boolean {
  return accessLevels.indexOf(granted) >= accessLevels.indexOf(needed);
}

/** The highest of some levels; `off` without any. */
export function highestLevel(levels: readonly AccessLevel[]): AccessLevel {
  return accessLevels.findLast((level) => levels.includes(level)) ?? 'off';
}

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
export function escapeMarks(value: string): string {
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

function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
