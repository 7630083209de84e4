import { operationOf } from '../../functions/access/decide.ts';
import type { OperationRequest } from '../../functions/access/operation.ts';
import type { AnyLookup } from '../../functions/lookups/anyLookup.ts';
import { lookupCalls } from '../../functions/lookups/lookupCalls.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import type { SystemRequest } from '../../functions/systems/systemClient.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { lookupAnswer, sourcesAnswer } from './lookupAnswer.ts';
import type { AnswerCall, ArrivingCall, Caller, WireAnswer } from './wireCall.ts';

/** What lookups give, by trigger and by the name of the lookup: the value, or a function of the event. */
export type GivenLookups = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is known when a lookup's call is answered. */
export interface LookupsOptions {
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly lookups: GivenLookups;
  readonly profileSpace: string;
  readonly eventOf: (runId: string) => SegmentEvent | undefined;
}

/** Thrown when a trigger looks something up and the test gives no value for it. */
export class MissingLookupError extends Error {
  override readonly name = 'MissingLookupError';
}

interface FoundLookup {
  readonly name: string;
  readonly lookup: AnyLookup;
}

/** Segment's and SegOps's answers to lookups: those whose value the test gives. */
export class TrialLookups {
  readonly #options: LookupsOptions;
  /** Values that runs are given: the Segment sources that they name exist. */
  #given: readonly unknown[];

  constructor(options: LookupsOptions) {
    this.#options = options;
    // A list of sources is good for an hour, so the first one has all that are known by then.
    this.#given = Object.values(options.lookups)
      .flatMap((values) => Object.values(values))
      .filter((value) => typeof value === 'object' && value !== null);
  }

  readonly answer: AnswerCall = (call, caller) => {
    if (call.operation === 'listSegmentSources') {
      return { status: 200, body: sourcesAnswer(this.#given) };
    }
    const value = this.#valueFor(call, caller);
    return value === undefined
      ? { status: 404, body: notFoundBody(call) }
      : this.#answered(call, value.value);
  };

  /** Whether the test gives a value for the lookup that makes a call. */
  isGiven(call: ArrivingCall, caller: Caller | undefined): boolean {
    const event = caller === undefined ? undefined : this.#options.eventOf(caller.runId);
    const found = caller && event && this.nameOf(call, caller, event);
    return (
      caller !== undefined &&
      found !== undefined &&
      Object.hasOwn(this.#options.lookups[caller.trigger] ?? {}, found.name)
    );
  }

  /** The name and value of the lookup that a call is made for. @throws MissingLookupError when the test gives none */
  #valueFor(
    call: Pick<ArrivingCall, 'system' | 'method' | 'path'>,
    caller: Caller | undefined,
  ): { readonly name: string; readonly value: unknown } | undefined {
    const event = caller === undefined ? undefined : this.#options.eventOf(caller.runId);
    const found = caller && event && this.nameOf(call, caller, event);
    if (caller === undefined || event === undefined || found === undefined) {
      throw new MissingLookupError(
        `Nothing in this trial answers ${call.method} ${call.path} of ${call.system}`,
      );
    }
    const given = this.#options.lookups[caller.trigger];
    if (given === undefined || !Object.hasOwn(given, found.name)) {
      throw new MissingLookupError(missing(caller.trigger, found));
    }
    const value = given[found.name];
    const looked: unknown = typeof value === 'function' ? value(event) : value;
    return looked === undefined ? undefined : { name: found.name, value: looked };
  }

  /** The lookup that makes a call. */
  nameOf(
    call: Pick<ArrivingCall, 'system' | 'method' | 'path'>,
    { trigger }: Caller,
    event: SegmentEvent,
  ): FoundLookup | undefined {
    const lookups = Object.entries(this.#options.triggers.get(trigger)?.with ?? {});
    const known = operationOf(call.system, call as SystemRequest);
    return lookups
      .map(([name, lookup]) => ({ name, lookup: lookup as AnyLookup }))
      .find(({ lookup }) =>
        lookupCalls(lookup, event, { profileSpace: this.#options.profileSpace }).some(
          ({ operation, request }) => operation === known?.name && isSame(request, known.request),
        ),
      );
  }

  #answered(call: ArrivingCall, value: unknown): WireAnswer {
    this.#given = [...this.#given, value];
    return { status: 200, body: lookupAnswer(call.operation, value) };
  }
}

function isSame(one: OperationRequest, other: OperationRequest): boolean {
  const text = ({ path = {}, query = {} }: OperationRequest): string =>
    JSON.stringify([Object.entries(path).sort(), Object.entries(query).sort()]);
  return text(one) === text(other);
}

function missing(trigger: string, { name, lookup }: FoundLookup): string {
  const example = JSON.stringify(examples[lookup.kind]);
  return (
    `Trigger "${trigger}" looks up "${name}" (${lookup.kind}), and this trial has no value for it. Give one: ` +
    `trial(triggers, { lookups: { '${trigger}': { ${name}: ${example} } } }); undefined stands for what the system ` +
    'does not know, and a function of the event gives each its own value'
  );
}

const examples: Readonly<Record<AnyLookup['kind'], unknown>> = {
  segmentProfile: { traits: { ltv: 1200 } },
  segopsMembership: { segmentIds: [42] },
  segopsMembers: { count: 2, userIds: ['u-1', 'u-2'] },
  maveraWorkspace: { id: 'ws_1', name: 'Research' },
};

function notFoundBody({ system }: ArrivingCall): unknown {
  return system === 'segops'
    ? { detail: 'Not found.' }
    : { error: { code: 'not_found', message: 'Not found' } };
}
