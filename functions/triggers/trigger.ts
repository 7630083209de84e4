import type { Lookups } from '../lookups/lookup.ts';
import type { Pull } from '../pulls/pull.ts';
import type { Every } from '../pulls/schedule.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { SourceName } from '../sources/source.ts';
import type { Action, BuilderContext } from './actions.ts';
import type { Duration } from './duration.ts';
import type { Per } from './eventKey.ts';

/** At most one run per key and time: later events of the same key are skipped. */
export interface Cooldown {
  readonly per: Per;
  readonly for: Duration;
}

/** Collects the events of a key into one run: when there are `count` of them, or `within` after the first. */
export interface Collect {
  /** @default all events of the trigger are collected together */
  readonly per?: Per;
  /** From 2 to 1,000; with `tally` up to 1,000,000. @default 1,000; with `tally` the time alone closes it */
  readonly count?: number;
  /** Up to 14 days. */
  readonly within: Duration;
}

/** Counts the events of a key for one run, and keeps none of them. */
export interface CollectTally extends Collect {
  /**
   * Counts the events instead of keeping them. It returns the name of what an event counts as, such as `phone`, or several
   * names; each is counted once an event. `undefined`: the event counts in the total alone. A collection has up to 100
   * names of up to 64 characters, and an event up to 20. What is beyond counts as `other`, and so does a name that contains
   * an `@` or is the user's id: counters have no personal data.
   * @example tally: deviceOf
   */
  readonly tally: (event: SegmentEvent) => string | readonly string[] | undefined;
}

/** How often each name was counted, the most frequent first. A name that was never counted is not there. */
export type Tally = Readonly<Record<string, number>>;

/** The credits that a trigger may spend in each UTC day or month. */
export interface Budget {
  readonly credits: number;
  readonly per: 'day' | 'month';
  /**
   * Whether runs beyond the budget wait for the next period (up to their deadline), or are skipped.
   * @default 'wait'
   */
  readonly whenSpent?: 'wait' | 'skip';
}

/** From which costs on a person has to approve a run. */
export interface Approve {
  /** Credits, 0 or more. A run that is expected to cost more waits until an operator approves or denies it. */
  readonly above: number;
}

/** Events that cancel a trigger's runs of the same key. */
export interface CancelledBy {
  /**
   * A filter as in `Trigger.when`. It is matched on events of the trigger's own source and
   * routes.
   * @example 'type = "track" and event = "subscription_renewed"'
   */
  readonly when: string;
  /** The key that the event shares with the run's own event. An event without a key cancels nothing. */
  readonly per: Per;
}

/**
 * What a function of `toSegment` or `toSegOps` is given.
 *
 * @typeParam Result what the trigger's action gives
 */
export interface ReportContext<Result = Readonly<Record<string, unknown>>> {
  readonly event: SegmentEvent;
  readonly trigger: string;
  /** The result that the action documents, e.g. `{ personaId, name }`. */
  readonly result: Result;
}

/** What is reported to Segment, for the event's user, when a run is done. */
export interface ToSegment<Result = Readonly<Record<string, unknown>>> {
  /** A `track` event "Mavera Research Completed" with the result as properties. */
  readonly track?: boolean;
  /** Traits for an `identify`; none when it returns `undefined`. */
  readonly identify?: (context: ReportContext<Result>) => Readonly<Record<string, unknown>> | undefined;
}

/** What is reported to SegOps, for the event's user id, when a run is done. */
export interface ToSegOps<Result = Readonly<Record<string, unknown>>> {
  /** An event `mavera_research_completed` with the result in its payload. */
  readonly track?: boolean;
  /** Traits for a `context_identified` event; none when it returns `undefined`. */
  readonly identify?: (context: ReportContext<Result>) => Readonly<Record<string, unknown>> | undefined;
}

/** What every trigger may have, whatever starts its runs. */
export interface TriggerSettings {
  /** 1 to 64 of a-z, 0-9 and `-`. It is part of each run's id: renaming a trigger makes it a new one. */
  readonly name: string;
  /**
   * A run that has not started when its event is this old is skipped.
   * @default it waits until its deadline
   */
  readonly staleAfter?: Duration;
  /**
   * The share of events that start runs, above 0 and up to 1; an event that comes again is decided the same way.
   * @default 1
   */
  readonly sample?: number;
  /**
   * When runs of several triggers wait for slots: how many slots this trigger gets for each slot of a trigger with weight 1.
   * A number above 0, up to 100.
   * @default 1
   */
  readonly weight?: number;
  /** @default none */
  readonly cooldown?: Cooldown;
  /** @default none: each event is a run */
  readonly collect?: Collect & Partial<Pick<CollectTally, 'tally'>>;
  /** @default no budget of its own */
  readonly budget?: Budget;
  /**
   * Nothing is reserved or spent before the decision. After a redrive a person is asked again.
   * @default no run needs approval
   */
  readonly approve?: Approve;
  /**
   * Cancels runs that have not begun and whose event is not later than the cancelling event. Cannot be combined with
   * `collect`.
   * @default none
   */
  readonly cancelledBy?: CancelledBy;
  /** @default nothing */
  readonly toSegment?: ToSegment;
  /**
   * An event without a user id is not reported.
   * @default nothing
   */
  readonly toSegOps?: ToSegOps;
}

/** Runs that events start. */
export interface EventOrigin {
  /**
   * Who posts the events. What SendGrid and SegOps post is read as `track` events, with all its members as properties.
   * @default 'segment'
   */
  readonly source?: SourceName;
  /**
   * A filter in Segment's Filter Query Language, as in a mapping's own trigger, with double quotes. It is matched
   * against the event as Segment sent it, or as an event of another source is read.
   * @example 'type = "track" and event = "plan_upgraded"'
   */
  readonly when: string;
  /**
   * The route or routes (`/<source>/<route>`) whose events are matched.
   * @default every route
   */
  readonly route?: string | readonly string[];
  /**
   * Asks the source for what it may have posted in vain. Each event starts a run once, whether it was posted or pulled. With
   * several routes, name the one that the source posts to.
   * @default a lost post is lost
   */
  readonly catchUp?: CatchUp;
}

/** A pull that makes up for lost posts. */
export interface CatchUp {
  /** Only SegOps needs it, because it never posts again: `segopsSegments`. */
  readonly from: Pull;
  readonly every: Every;
}

/** The most that one occurrence of a pull may start. What is beyond it is not queued, and is logged. */
export interface AtMost {
  readonly runs?: number;
  /** Credits that the runs are expected to cost. */
  readonly credits?: number;
}

/** Runs that a pull starts: one for each item that is new or has changed. */
export interface PullOrigin<From = Pull> {
  /** What is pulled, such as `segmentAudiences({ space: 'spa_1' })`. */
  readonly from: From;
  /** How often; the first time one period after the deployment, or when an operator starts it. */
  readonly every: Every;
  /** A filter, as for events, over what is pulled. @default everything */
  readonly when?: string;
  /** `'always'`: items that have not changed start runs too. @default only what has changed */
  readonly again?: 'always';
  /** @default no bound */
  readonly atMost?: AtMost;
}

/** Runs that follow the runs of another trigger. */
export interface AfterOrigin<Followed = Trigger> {
  /**
   * A run starts when a run of this trigger is done. Its event is that run's event, and `staleAfter` counts from then.
   */
  readonly after: Followed;
}

/**
 * A rule of `triggers.ts`: what starts which Mavera work. It has one of `when`, `from` and `after`. What needs `with`,
 * `only`, `from` or `after` is made by the function `trigger`, which knows the types of what their functions are given.
 *
 * @typeParam Result what its action gives
 */
export interface Trigger<Result = unknown>
  extends TriggerSettings,
    Partial<EventOrigin>,
    Partial<PullOrigin>,
    Partial<AfterOrigin> {
  readonly run: Action<BuilderContext, Result>;
  /** What is looked up before the request is built, by the name that the functions use. @default nothing */
  readonly with?: Lookups;
  /** Whether the run is wanted, by what was looked up. @default every run */
  readonly only?: (context: BuilderContext) => boolean;
}

/** Says what the chain of a trigger begins with. It exists for types only. */
declare const chainType: unique symbol;

/** A chain of triggers that begins with a pull. */
export interface PulledChain<Properties> {
  /** Of the events that the pull finds, which are the events of all runs of the chain. */
  readonly properties: Properties;
  /** Whether a run is for one item of the pull: no trigger of the chain has collected so far. */
  readonly isOfOneItem: boolean;
}

/**
 * A trigger that something starts. Only the function `trigger` makes one with a tally: the builder of another would expect
 * `events`.
 *
 * @typeParam Result what its action gives
 * @typeParam Chain a {@link PulledChain} if its chain begins with a pull
 */
export type StartedTrigger<Result = unknown, Chain = unknown> = Trigger<Result> &
  (EventOrigin | PullOrigin | AfterOrigin) & {
    readonly collect?: { readonly tally?: never };
    readonly [chainType]?: Chain;
  };

/** What the chain of a trigger begins with: a {@link PulledChain}, or `undefined`. */
export type ChainOfTrigger<T> = T extends { readonly [chainType]?: infer Chain }
  ? Chain extends PulledChain<unknown>
    ? Chain
    : undefined
  : undefined;

/** What a result has beside the members that its action documents, if the chain begins with a pull. */
export interface ItemMark {
  /** Whether it is of this collection. Otherwise the item has not changed, and this is its last result. */
  readonly isNew: boolean;
}
