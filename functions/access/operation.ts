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
  /** Calls that the system allows in each UTC month; absent where it documents no such bound. */
  readonly quota?: CallQuota;
}

/** How many calls of an operation are allowed in a UTC month. */
export interface CallQuota {
  readonly name: string;
  readonly calls: number;
  readonly per: 'month';
  /** Name of the path's value that each has a quota of its own. */
  readonly by: string;
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

/** What a call sends. It cannot name a header or a URL: only the gate sets them. */
export interface OperationRequest {
  /** The values of the path's `{names}`. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}
