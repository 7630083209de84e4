import * as subscriptions from '@segment/destination-subscriptions';
import * as fql from '@segment/fql-ts';

export type { Condition, GroupCondition, Subscription } from '@segment/destination-subscriptions';
export type { Token } from '@segment/fql-ts';

/**
 * Segment's own reader and evaluator of its Filter Query Language. Both packages are CommonJS: Node.js 22 does not find their
 * exports by name, but only as members of the default export. esbuild bundles their ECMAScript modules, which have no default.
 */
type CommonJs<Module> = Module & { readonly default: Module };

/** Parses a filter. */
export const parseFql: (filter: string) => subscriptions.Subscription =
  subscriptions.parseFql ?? (subscriptions as CommonJs<typeof subscriptions>).default.parseFql;

/** Whether an event passes a filter. */
export const validate: (filter: subscriptions.Subscription, event: unknown) => boolean =
  subscriptions.validate ?? (subscriptions as CommonJs<typeof subscriptions>).default.validate;

/** Splits a filter into its tokens. */
export const lex: typeof fql.lex = fql.lex ?? (fql as CommonJs<typeof fql>).default.lex;
