import type { SegmentEvent } from '../sources/segment/event.ts';

/** What a request builder is given. */
export interface BuilderContext {
  readonly event: SegmentEvent;
  /** Name of the trigger that the request is built for. */
  readonly trigger: string;
}

/** Makes the body of a Mavera request out of an event: a plain function, with no I/O and no clock. */
export type RequestBuilder<Request> = (context: BuilderContext) => Request;

/**
 * A piece of Mavera work: data only, so that the receiver can carry triggers without carrying what performs
 * them. The runner looks its performer up by `kind`.
 */
export interface Action<Kind extends string = string, Request = unknown> {
  readonly kind: Kind;
  readonly build: RequestBuilder<Request>;
  /** Credits that one run is expected to cost; the kind's own estimate when absent. */
  readonly estimatedCredits?: number | undefined;
}

/** A rule of `triggers.ts`: which events start which Mavera work. */
export interface Trigger {
  /** 1 to 64 of a-z, 0-9 and `-`. It is part of each run's id: renaming a trigger makes it a new one. */
  readonly name: string;
  /**
   * Segment's Filter Query Language, the text of a mapping's own trigger, with double quotes.
   * @example 'type = "track" and event = "plan_upgraded"'
   */
  readonly when: string;
  /**
   * The route or routes (`/segment/<route>`) whose events it looks at.
   * @default every route
   */
  readonly route?: string | readonly string[];
  readonly run: Action;
}
