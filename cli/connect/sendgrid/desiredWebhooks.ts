import type { EventKind } from './eventKinds.ts';

/** What should be set up at SendGrid: one event webhook for each route. */
export interface DesiredWebhooks {
  /** `https://…/sendgrid`; a route is one more path segment. */
  readonly sendgridUrl: string;
  readonly webhooks: readonly DesiredWebhook[];
}

/** One event webhook. */
export interface DesiredWebhook {
  readonly name: string;
  readonly route: string;
  readonly url: string;
  readonly kinds: ReadonlySet<EventKind>;
}

/** Choices of the user. */
export interface PlanOptions {
  /** Turn off webhooks of routes that no trigger names any more. */
  readonly prune: boolean;
  /** Let a webhook of our name that posts to another URL post to ours. */
  readonly move: boolean;
}
