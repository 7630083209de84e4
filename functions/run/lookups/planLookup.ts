import { lookupKey } from '../../ledger/keys.ts';
import type { AnyLookup } from '../../lookups/anyLookup.ts';
import { type LookupCall, LookupUnusableError, lookupCalls } from '../../lookups/lookupCalls.ts';
import { type LookupAnswers, readLookup, type SegmentSources } from '../../lookups/readLookup.ts';
import { describeSchemaError, isSchemaError } from '../../schema/schemaError.ts';
import { thrownMessage } from '../../triggers/shown.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { LeasedRun } from '../leasedRun.ts';
import type { Reason } from '../reasons.ts';
import type { RunnerDependencies } from '../runDependencies.ts';
import type { Ended } from '../runOutcome.ts';

/** What a trigger's functions are given beside its events, by name. */
export type Given = Readonly<Record<string, unknown>>;

type Entry = readonly [string, AnyLookup];

/** A lookup with the calls that it makes for an event. */
export interface PlannedLookup {
  readonly name: string;
  readonly lookup: AnyLookup;
  readonly calls: readonly LookupCall[];
  readonly key: string;
}

/** Why a run waits whose lookup got no answer. */
export const unavailable: Readonly<Record<AnyLookup['kind'], Reason>> = {
  segmentProfile: 'profile_unavailable',
  segopsMembership: 'segops_unavailable',
  segopsMembers: 'segops_unavailable',
  maveraWorkspace: 'workspace_unavailable',
};

/** Whether a lookup of a trigger asks Mavera. Such a lookup takes a slot, so that it is not made at admission. */
export function asksMavera(trigger: Trigger): boolean {
  return entriesOf(trigger).some(isAtMavera);
}

/** Whether a lookup asks Mavera. */
export function isAtMavera([, { kind }]: Entry): boolean {
  return kind === 'maveraWorkspace';
}

/** The lookups of a trigger, with their names. */
export function entriesOf(trigger: Trigger): readonly Entry[] {
  return Object.entries(trigger.with ?? {}) as Entry[];
}

/** Finds out what a lookup asks for a run's event. A run whose lookup cannot be asked fails. */
export async function planLookup(
  run: LeasedRun,
  name: string,
  lookup: AnyLookup,
  { lookupSettings }: RunnerDependencies,
): Promise<PlannedLookup | Ended> {
  try {
    // A copy: a function of the lookup must not change what is queued or kept.
    const calls = lookupCalls(lookup, structuredClone(run.message.event), lookupSettings);
    return { name, lookup, calls, key: lookupKey(JSON.stringify([lookup.kind, calls])) };
  } catch (error) {
    return error instanceof LookupUnusableError
      ? await run.fail({ reason: 'lookup_failed', detail: error.message })
      : await run.fail({
          reason: 'builder_failed',
          detail: `A function of \`with.${name}\` threw: ${thrownMessage(error)}`,
        });
  }
}

/** Reads the answers of a lookup. A run whose answers cannot be used fails. */
export async function readOrFail(
  run: LeasedRun,
  lookup: AnyLookup,
  answers: LookupAnswers,
  sources: SegmentSources,
): Promise<{ readonly value: unknown } | Ended> {
  try {
    return { value: readLookup(lookup, answers, sources) };
  } catch (error) {
    if (error instanceof LookupUnusableError) {
      return await run.fail({ reason: 'lookup_failed', detail: error.message });
    }
    if (!isSchemaError(error)) {
      throw error;
    }
    const detail = `The answer to ${lookup.kind} is not as documented: ${describeSchemaError(error)}`;
    return await run.fail({ reason: 'lookup_failed', detail });
  }
}
