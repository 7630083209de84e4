import type { Duration } from '../triggers/duration.ts';

/** The kinds of lookups; each has a file of that name. */
export const lookupKinds = [
  'segmentProfile',
  'segopsMembership',
  'segopsMembers',
  'maveraWorkspace',
] as const;

export type LookupKind = (typeof lookupKinds)[number];

/** Holds the type of what a lookup gives to a builder. It exists for types only. */
declare const valueType: unique symbol;

/** Options that every lookup takes. */
export interface LookupOptions {
  /** A value that is older than this when the run starts is read again. @default '1h' */
  readonly freshFor?: Duration;
}

/** What a run asks a system before its request is built: data only, so that a triggers file loads without clients. */
export interface Lookup<Value = unknown, Kind extends LookupKind = LookupKind> extends LookupOptions {
  readonly kind: Kind;
  readonly [valueType]?: Value;
}

/** The lookups of a trigger, by the name that its functions use. The names of the context itself are taken. */
export type Lookups = { readonly [name: string]: Lookup } & {
  readonly [Taken in (typeof takenNames)[number]]?: never;
};

/** What the context has without lookups. */
export const takenNames = ['event', 'events', 'trigger', 'result', 'results', 'tally', 'counted'] as const;

/** The type of what a lookup gives. */
export type ValueOf<L> = L extends { readonly [valueType]?: infer Value } ? Value : never;
