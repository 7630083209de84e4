import type { Lookups, ValueOf } from '../lookups/lookup.ts';
import type { Action, BuilderContext, ResultOfAction } from './actions.ts';
import type {
  AfterOrigin,
  Collect,
  EventOrigin,
  StartedTrigger,
  ToSegment,
  ToSegOps,
  Trigger,
  TriggerSettings,
} from './trigger.ts';

/** What the functions of a trigger are given: its events, what it looked up, and the result that it follows. */
export type TriggerContext<
  With extends Lookups = Record<never, never>,
  After extends Trigger | undefined = undefined,
  Collecting extends Collect | undefined = undefined,
> = BuilderContext & LookedUp<With> & Followed<After, Collecting>;

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
      ? { readonly results: readonly ResultOfTrigger<After>[] }
      : { readonly result: ResultOfTrigger<After> }
    : unknown;

type IsCollecting<Collecting> = [Collecting] extends [never]
  ? false
  : [Collecting] extends [Collect]
    ? true
    : false;

/** The type of what a trigger's action gives. */
export type ResultOfTrigger<T extends Trigger> = ResultOfAction<T['run']>;

/** Exactly one of them. */
type OneOrigin<After> =
  | (EventOrigin & { readonly after?: never })
  | (AfterOrigin<After> & { readonly source?: never; readonly when?: never; readonly route?: never });

/**
 * All of a trigger but its action.
 *
 * @typeParam Result what the action gives
 */
export type TriggerOptions<
  With extends Lookups,
  After extends Trigger | undefined,
  Collecting extends Collect | undefined,
  Result = Readonly<Record<string, unknown>>,
> = Omit<TriggerSettings, 'collect' | 'toSegment' | 'toSegOps'> &
  OneOrigin<After> & {
    readonly collect?: Collecting;
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
    readonly only?: (context: TriggerContext<With, After, Collecting>) => boolean;
    /** @default nothing */
    readonly toSegment?: ToSegment<Result>;
    /**
     * An event without a user id is not reported.
     * @default nothing
     */
    readonly toSegOps?: ToSegOps<Result>;
  };

/**
 * Declares a trigger whose functions are given more than events: what it looks up (`with`), and the result of the
 * trigger that it follows (`after`). The functions of `toSegment` and `toSegOps` know the type of the action's result.
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
 */
export function trigger<
  const With extends Lookups = Record<never, never>,
  After extends Trigger | undefined = undefined,
  Collecting extends Collect | undefined = undefined,
  Result = unknown,
>(
  options: TriggerOptions<With, After, Collecting, NoInfer<Result>>,
  run: Action<TriggerContext<With, After, Collecting>, Result>,
): StartedTrigger<Result> {
  // The runner gives the functions the context that the types promise: it knows each trigger by its data alone.
  return { ...options, run } as unknown as StartedTrigger<Result>;
}
