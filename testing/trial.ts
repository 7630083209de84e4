import type { PulledItem } from '../functions/pulls/pull.ts';
import type { SegmentEvent, SegmentEventType } from '../functions/sources/segment/event.ts';
import type { SourceName } from '../functions/sources/source.ts';
import type { Duration } from '../functions/triggers/duration.ts';
import type { Trigger } from '../functions/triggers/trigger.ts';
import type { TrialSecrets } from './deployment/trialSecrets.ts';
import type { TrialRun } from './runs/trialRun.ts';
import type { TrialRequest } from './signEvents.ts';
import type { SentRequest } from './wire/answer.ts';

/**
 * An event as Segment would send it. What is not given is added: a message id, the time.
 * Source: Segment spec, "Common fields".
 */
export interface TrialEvent extends Partial<Omit<SegmentEvent, 'type'>> {
  readonly type: SegmentEventType;
}

/** What the receiver answers. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Counts of events, or `{ detail }`: why the request was refused. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What became of all events that were posted; the counts add up to `received`. */
export interface ReceivedEvents {
  readonly received: number;
  /** They start or cancel runs. */
  readonly queued: number;
  readonly duplicates: number;
  /** No trigger wants them. */
  readonly ignored: number;
  readonly invalid: number;
  /** Older than seven days. */
  readonly stale: number;
  /** In the sample of no trigger that wants them. */
  readonly sampledOut: number;
}

/** Who posts events, and to which route. */
export interface SendOptions<Source extends SourceName = SourceName> {
  readonly source?: Source;
  /** The path behind the source. @default none: `/segment` is the route `default` */
  readonly route?: string;
}

/** The names of triggers, where TypeScript knows them; otherwise any string. */
export type NameOf<Triggers extends readonly Trigger[]> = Triggers[number]['name'];

/**
 * A deployment of the triggers in this process, on simulated time.
 *
 * @typeParam Name the names of the triggers
 */
export interface Trial<Name extends string = string> extends AsyncDisposable {
  /** Signs requests of Segment: `signSegmentRequest({ payload, secret: run.sharedSecret })`. */
  readonly sharedSecret: string;
  /** The secrets of all sources. */
  readonly secrets: TrialSecrets;
  /** The simulated time. */
  readonly now: Date;
  /** All runs, in the order in which they were queued. */
  readonly runs: readonly TrialRun[];
  /** The requests of all runs to Mavera that do work, in their order. */
  readonly requests: readonly SentRequest[];
  /** What became of the events that were posted. */
  readonly events: ReceivedEvents;
  /**
   * Posts events as a source does, and works off what is due.
   *
   * @returns the runs that they started, with those that follow
   * @throws InvalidTrialError for an event that the receiver refuses, MissingLookupError
   */
  send(
    events: TrialEvent | readonly TrialEvent[],
    options?: SendOptions<'segment'>,
  ): Promise<readonly TrialRun[]>;
  send(
    events: object | readonly object[],
    options: SendOptions & { readonly source: SourceName },
  ): Promise<readonly TrialRun[]>;
  /**
   * Posts one request to the receiver, and works off what is due.
   *
   * @param path such as `/segment/eu`
   * @returns what the receiver answers, refusals included
   */
  post(request: TrialRequest, path?: string): Promise<ReceiverAnswer>;
  /** Lets simulated time pass: cooldowns end, collections close, runs come back. */
  pass(duration: Duration): Promise<void>;
  /**
   * Has the pull of a trigger find these items, now.
   *
   * @returns the runs that it started, with those that follow
   */
  pull(trigger: Name, items: readonly PulledItem[]): Promise<readonly TrialRun[]>;
  /** Approves a run that waits for it, by its id. */
  approve(run: string | TrialRun): Promise<void>;
  deny(run: string | TrialRun): Promise<void>;
  /** Cancels a run that has not begun, as an operator does. */
  cancel(run: string | TrialRun): Promise<void>;
  /** The runs of a trigger. @throws InvalidTrialError for a name that no trigger has */
  of(trigger: Name): readonly TrialRun[];
  /** The only run of a trigger. @throws InvalidTrialError when there is none, or several */
  one(trigger: Name): TrialRun;
  /** What happened, in plain words: to one run, or to all. */
  explain(run?: string | TrialRun): string;
  /** Ends the trial; so does `await using`. */
  close(): Promise<void>;
}
