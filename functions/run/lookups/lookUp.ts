import type { OperationName } from '../../access/operations.ts';
import { lookupUser } from '../../ledger/keys.ts';
import type { LookedUpValue } from '../../ledger/lookedUp.ts';
import type { AnyLookup } from '../../lookups/anyLookup.ts';
import type { SegmentSource } from '../../lookups/channels.ts';
import { freshForMs, isFresh } from '../../lookups/freshness.ts';
import type { BuilderContext } from '../../triggers/actions.ts';
import { thrownMessage } from '../../triggers/shown.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import { dropLastResult } from '../comparison.ts';
import type { LeasedRun } from '../leasedRun.ts';
import { builderContext } from '../prepareRequest.ts';
import type { RunnerDependencies } from '../runDependencies.ts';
import { type Ended, ended } from '../runOutcome.ts';
import { askOnce } from './askSystem.ts';
import {
  entriesOf,
  type Given,
  isAtMavera,
  type PlannedLookup,
  planLookup,
  readOrFail,
  unavailable,
} from './planLookup.ts';
import { readSegmentSources } from './segmentSources.ts';

/** Lookups whose answer is about the event's user. */
const ofUser: ReadonlySet<AnyLookup['kind']> = new Set<AnyLookup['kind']>([
  'segmentProfile',
  'segopsMembership',
]);

/**
 * Looks up what a trigger wants to know before its request is built, except at Mavera. Values that are still fresh come from
 * the ledger. The run waits when a system does not answer, and fails when an answer cannot be used.
 */
export async function lookUp(
  run: LeasedRun,
  trigger: Trigger,
  dependencies: RunnerDependencies,
): Promise<Given | Ended> {
  const entries = entriesOf(trigger).filter((entry) => !isAtMavera(entry));
  const planned: PlannedLookup[] = [];
  for (const [name, lookup] of entries) {
    const plan = await planLookup(run, name, lookup, dependencies);
    if (plan === ended) {
      return ended;
    }
    planned.push(plan);
  }
  const kept = await dependencies.lookedUp.read(planned.map(({ key }) => key));
  const given: Record<string, unknown> = {};
  for (const plan of planned) {
    const found = kept.get(plan.key);
    const isUsable = found !== undefined && isFresh(plan.lookup, found, dependencies.now());
    const looked = isUsable ? found : await ask(run, plan, dependencies);
    if (looked === ended) {
      return ended;
    }
    run.noteLookup(plan.name, looked);
    given[plan.name] = looked.value;
  }
  return given;
}

/** Skips a run that its trigger does not want, by what was looked up. `undefined`: it is wanted. */
export async function passOnly(
  run: LeasedRun,
  trigger: Trigger,
  given: Given,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  const { name, only } = trigger;
  if (only === undefined) {
    return undefined;
  }
  try {
    // A copy: the function must not change what is queued or kept.
    const { event, given: own } = structuredClone({ event: run.message.event, given });
    const wanted: unknown = only(withoutUnknown(trigger, builderContext(name, [event], own)));
    if (wanted instanceof Promise) {
      wanted.catch(() => undefined);
      const detail = "The trigger's `only` is asynchronous; it has to return true or false";
      return await run.fail({ reason: 'builder_failed', detail });
    }
    if (wanted) {
      return undefined;
    }
  } catch (error) {
    const detail = `The trigger's \`only\` threw: ${thrownMessage(error)}`;
    return await run.fail({ reason: 'builder_failed', detail });
  }
  await dropLastResult(run, trigger, dependencies);
  run.report({ gate: 'lookups' });
  return await run.skip('not_wanted');
}

/** Says what is wrong to a function that uses what Mavera has not been asked yet, instead of giving it `undefined`. */
function withoutUnknown(trigger: Trigger, context: BuilderContext): BuilderContext {
  for (const [name] of entriesOf(trigger).filter((entry) => isAtMavera(entry))) {
    if (!Object.hasOwn(context, name)) {
      Object.defineProperty(context, name, {
        get: () => {
          throw new Error(`it uses ${name}, which a trigger that collects asks for after its collection`);
        },
      });
    }
  }
  return context;
}

/** Asks a system, and keeps what it gave. */
async function ask(
  run: LeasedRun,
  { lookup, calls, key }: PlannedLookup,
  dependencies: RunnerDependencies,
): Promise<LookedUpValue | Ended> {
  const { now, lookedUp } = dependencies;
  const atMs = now();
  if (calls.length === 0) {
    return { value: undefined, atMs };
  }
  const answers: Partial<Record<OperationName, unknown>> = {};
  for (const { operation, request } of calls) {
    const answered = await askOnce(run, operation, request, unavailable[lookup.kind], dependencies);
    if (answered === ended) {
      return ended;
    }
    answers[operation] = answered.json;
  }
  const needsSources =
    lookup.kind === 'segmentProfile' && (lookup.externalIds === true || lookup.events === true);
  const sources = needsSources
    ? await readSegmentSources(run, dependencies)
    : new Map<string, SegmentSource>();
  if (sources === ended) {
    return ended;
  }
  const value = await readOrFail(run, lookup, answers, sources);
  if (value === ended) {
    return ended;
  }
  const { userId, anonymousId } = run.message.event;
  const id = ofUser.has(lookup.kind) ? (userId ?? anonymousId) : undefined;
  const user = id === undefined ? undefined : lookupUser(id);
  await lookedUp.keep(key, { ...value, atMs }, { freshForMs: freshForMs(lookup), user });
  return { ...value, atMs };
}
