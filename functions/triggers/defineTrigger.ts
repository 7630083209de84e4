import type { Lookups, ValueOf } from '../lookups/lookup.ts';
import type { Pull, PulledEvent } from '../pulls/pull.ts';
import type { Action, BuilderContext, ResultOfAction } from './actions.ts';
import type {
  AfterOrigin,
  ChainOfTrigger,
  Collect,
  CollectTally,
  EventOrigin,
  ItemMark,
  PulledChain,
  PullOrigin,
  StartedTrigger,
  Tally,
  ToSegment,
  ToSegOps,
  Trigger,
  TriggerSettings,
} from './trigger.ts';

/**
 * What the functions of a trigger are given: its events, what it looked up, and the result that it follows. The events of a
 * pull have the properties that the pull documents, all along the chain. A trigger that tallies has counters in place of
 * `events`.
 */
export type TriggerContext<
  With extends Lookups = Record<never, never>,
  After extends Trigger | undefined = undefined,
  Collecting extends Collect | CollectTally | undefined = undefined,
  From extends Pull | undefined = undefined,
> = Counted<EventsOf<BeginningOf<From, After>>, Collecting> & LookedUp<With> & Followed<After, Collecting>;

type Counted<Events, Collecting> = [Collecting] extends [never]
  ? Events
  : [Collecting] extends [CollectTally]
    ? Omit<Events, 'events'> & {
        /** How often each name was counted, the most frequent first. */
        readonly tally: Tally;
        /** The number of events that were counted. */
        readonly counted: number;
      }
    : Events;

/**
 * What the options collect, by the names of the fields: TypeScript infers an object that has functions only after it has typed
 * the builder.
 */
type CollectOf<Fields> = [Fields] extends [never]
  ? undefined
  : 'tally' extends Fields
    ? CollectTally
    : Collect;

type EventsOf<Chain> = [Chain] extends [PulledChain<infer Properties>]
  ? Omit<BuilderContext, 'event' | 'events'> & {
      readonly event: PulledEvent<Properties>;
      readonly events: readonly PulledEvent<Properties>[];
    }
  : BuilderContext;

/** What a chain has begun with, before the trigger itself collects. */
type BeginningOf<From, After> = [From] extends [never]
  ? BeginningOfFollowed<After>
  : [From] extends [Pull<infer Properties>]
    ? { readonly properties: Properties; readonly isOfOneItem: true }
    : BeginningOfFollowed<After>;

type BeginningOfFollowed<After> = [After] extends [never]
  ? undefined
  : [After] extends [Trigger]
    ? ChainOfTrigger<After>
    : undefined;

/** The chain that a trigger's followers continue. */
type ChainFrom<From, After, Collecting> =
  BeginningOf<From, After> extends PulledChain<infer Properties>
    ? IsCollecting<Collecting> extends true
      ? { readonly properties: Properties; readonly isOfOneItem: false }
      : BeginningOf<From, After>
    : undefined;

// Until TypeScript has inferred the context of a function, what the options do not name is `never`, or any lookup.
type LookedUp<With> = [With] extends [never]
  ? unknown
  : string extends keyof With
    ? unknown
    : { readonly [Name in keyof With]: ValueOf<With[Name]> };

type Followed<After, Collecting> = [After] extends [never]
  ? unknown
  : [After] extends [Trigger]
    ? IsCollecting<Collecting> extends true
      ? { readonly results: readonly CollectedResult<After, Collecting>[] }
      : { readonly result: ResultOfTrigger<After> }
    : unknown;

/** A chain of single items gives the last result of each, and marks what is new. A tally keeps no results. */
type CollectedResult<After extends Trigger, Collecting> = [Collecting] extends [CollectTally]
  ? ResultOfTrigger<After>
  : ChainOfTrigger<After> extends { readonly isOfOneItem: true }
    ? ResultOfTrigger<After> & ItemMark
    : ResultOfTrigger<After>;

type IsCollecting<Collecting> = [Collecting] extends [never]
  ? false
  : [Collecting] extends [Collect]
    ? true
    : false;

/** The type of what a trigger's action gives. */
export type ResultOfTrigger<T extends Trigger> = ResultOfAction<T['run']>;

/** Exactly one of them. */
type OneOrigin<After, From> = Exactly<EventOrigin> | Exactly<PullOrigin<From>> | Exactly<AfterOrigin<After>>;

/** An origin without the fields of the others. */
type Exactly<Origin> = Origin & {
  readonly [Field in Exclude<OriginField, keyof Origin>]?: never;
};

type OriginField = keyof EventOrigin | keyof PullOrigin | keyof AfterOrigin;

/**
 * All of a trigger but its action.
 *
 * @typeParam Result what the action gives
 */
export type TriggerOptions<
  With extends Lookups,
  After extends Trigger | undefined,
  Fields extends keyof CollectTally,
  Result = Readonly<Record<string, unknown>>,
  From extends Pull | undefined = undefined,
> = Omit<TriggerSettings, 'collect' | 'toSegment' | 'toSegOps'> &
  OneOrigin<After, From> & {
    readonly collect?: Collect & Pick<CollectTally, Fields>;
    /**
     * What is looked up before the request is built, by the name that the functions use.
     * @default nothing
     */
    readonly with?: With;
    /**
     * Whether the run is wanted, by what was looked up. A run that is not wanted is skipped. If the trigger collects, each
     * event is decided on before it is collected, when Mavera has not been asked yet.
     * @default every run
     */
    readonly only?: (
      context: TriggerContext<With, After, CollectOf<Exclude<Fields, 'tally'>>, From>,
    ) => boolean;
    /** @default nothing */
    readonly toSegment?: ToSegment<Result>;
    /**
     * An event without a user id is not reported.
     * @default nothing
     */
    readonly toSegOps?: ToSegOps<Result>;
  };

/**
 * Declares a trigger whose functions are given more than events: what it looks up (`with`), what it pulls (`from`), and
 * the result of the trigger that it follows (`after`). The functions of `toSegment` and `toSegOps` know the type of the action's result.
 *
 * @returns a trigger for `defineTriggers`, which checks it
 * @example
 * const why = trigger(
 *   {
 *     name: 'vip-left',
 *     when: 'type = "track" and event = "churn_signal"',
 *     with: { profile: segmentProfile({ space: 'spa_1', traits: ['ltv'] }) },
 *     only: ({ profile }) => Number(profile?.traits.ltv) > 1_000,
 *   },
 *   askMave(({ profile }) => ({ message: `Why does a customer worth ${profile?.traits.ltv} leave?` })),
 * );
 * const voice = trigger(
 *   { name: 'vip-voice', after: why },
 *   createPersona(({ result }) => ({ name: 'A VIP who left', description: result.content })),
 * );
 * const audiences = trigger(
 *   { name: 'audience-persona', from: segmentAudiences({ space: 'spa_1' }), every: '7d' },
 *   updatePersona(({ event }) => ({ name: event.properties.name }), { per: ({ properties }) => `${properties.id}` }),
 * );
 */
export function trigger<
  const With extends Lookups = Record<never, never>,
  After extends Trigger | undefined = undefined,
  Fields extends keyof CollectTally = never,
  Result = unknown,
  From extends Pull | undefined = undefined,
>(
  options: TriggerOptions<With, After, Fields, NoInfer<Result>, From>,
  run: Action<TriggerContext<With, After, CollectOf<Fields>, From>, Result>,
): StartedTrigger<Result, ChainFrom<From, After, CollectOf<Fields>>> {
  // The runner gives the functions the context that the types promise: it knows each trigger by its data alone.
  return { ...options, run } as unknown as StartedTrigger<Result, ChainFrom<From, After, CollectOf<Fields>>>;
}
