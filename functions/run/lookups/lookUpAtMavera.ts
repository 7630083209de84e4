import { operationPath } from '../../access/decide.ts';
import { operations } from '../../access/operations.ts';
import type { LookedUpValue } from '../../ledger/lookedUp.ts';
import { freshForMs, isFresh } from '../../lookups/freshness.ts';
import type { LookupCall } from '../../lookups/lookupCalls.ts';
import type { NotAllowed } from '../../systems/systemsGate.ts';
import { callAtSlot, longestReadMs, type MadeCall } from '../callAtSlot.ts';
import { recordingMs } from '../callMavera.ts';
import { waitToAskAgain } from '../gates/maveraGates.ts';
import { waitOnTheSpotMs } from '../gates/paceGate.ts';
import type { LeasedRun } from '../leasedRun.ts';
import { type KnownState, passGates } from '../passGates.ts';
import { slotFor } from '../refreshUsage.ts';
import type { RunnerDependencies } from '../runDependencies.ts';
import { type Ended, ended } from '../runOutcome.ts';
import { stop, stopIfLate } from './askSystem.ts';
import {
  entriesOf,
  type Given,
  isAtMavera,
  type PlannedLookup,
  planLookup,
  readOrFail,
  unavailable,
} from './planLookup.ts';

/** What was asked at Mavera, and whether the run's own slot was used for it. */
export interface AskedAtMavera {
  readonly given: Given;
  readonly slotIsUsed: boolean;
}

/**
 * Makes the lookups that ask Mavera, for a run that is about to call. Each takes a slot that is near; under a backlog it
 * takes the run's own slot, and the run needs another one.
 */
export async function lookUpAtMavera(
  run: LeasedRun,
  known: KnownState,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<AskedAtMavera | Ended> {
  const { lookedUp, now } = dependencies;
  const given: Record<string, unknown> = {};
  let slotIsUsed = false;
  for (const [name, lookup] of entriesOf(known.trigger).filter(isAtMavera)) {
    const plan = await planLookup(run, name, lookup, dependencies);
    if (plan === ended) {
      return ended;
    }
    const kept = (await lookedUp.read([plan.key])).get(plan.key);
    const isUsable = kept !== undefined && isFresh(lookup, kept, now());
    const asked: (LookedUpValue & { readonly slotIsUsed?: boolean }) | Ended = isUsable
      ? kept
      : await askMavera(run, plan, { ...known, apiKey, slotIsUsed }, dependencies);
    if (asked === ended) {
      return ended;
    }
    slotIsUsed ||= asked.slotIsUsed === true;
    run.noteLookup(name, asked);
    given[name] = asked.value;
  }
  return { given, slotIsUsed };
}

async function askMavera(
  run: LeasedRun,
  { lookup, calls: [call], key }: PlannedLookup,
  known: KnownState & { readonly apiKey: string; readonly slotIsUsed: boolean },
  dependencies: RunnerDependencies,
): Promise<(LookedUpValue & { readonly slotIsUsed: boolean }) | Ended> {
  const { gates, breaker, settings, lookedUp, now, random } = dependencies;
  const { runId } = run.message;
  const timeoutMs = Math.min(longestReadMs, settings.maveraTimeoutMs);
  const neededMs = waitOnTheSpotMs + timeoutMs + recordingMs;
  if ((await stopIfLate(run, unavailable[lookup.kind], dependencies, neededMs)) === ended) {
    return ended;
  }
  const pass = await passGates(gates.search, run, known, dependencies);
  if (pass === ended) {
    return ended;
  }
  const atMs = now();
  const probes = pass.probes === true;
  if (probes && !(await breaker.probe(runId, atMs, atMs + settings.maveraTimeoutMs))) {
    run.report({ gate: 'breaker' });
    return await run.wait(waitToAskAgain('breaker_probing', run.soFar.history, atMs, random));
  }
  const called = await callInSlot(run, call, known, { atMs, timeoutMs, probes }, dependencies);
  const made = called?.made;
  if (probes && made?.kind !== 'made') {
    await breaker.endProbe(runId);
  }
  if (made?.kind === 'not_allowed') {
    return await stop(run, made, unavailable[lookup.kind], dependencies);
  }
  if (made === undefined || call === undefined) {
    run.report({ gate: 'pace' });
    return await run.wait(waitToAskAgain('pace_full', run.soFar.history, atMs, random));
  }
  if (made.answer.kind !== 'answered') {
    return await stop(run, made.answer, unavailable[lookup.kind], dependencies);
  }
  const value = await readOrFail(run, lookup, { [call.operation]: made.answer.json }, new Map());
  if (value === ended) {
    return ended;
  }
  await lookedUp.keep(key, { ...value, atMs }, { freshForMs: freshForMs(lookup) });
  return { ...value, atMs, slotIsUsed: known.slotIsUsed || called?.isOfRun === true };
}

/** Makes the call of a lookup in a slot that is near. `undefined`: there is none, or it was missed. */
async function callInSlot(
  run: LeasedRun,
  call: LookupCall | undefined,
  known: KnownState & { readonly apiKey: string; readonly slotIsUsed: boolean },
  {
    atMs,
    timeoutMs,
    probes,
  }: { readonly atMs: number; readonly timeoutMs: number; readonly probes: boolean },
  dependencies: RunnerDependencies,
): Promise<{ readonly made: MadeCall | NotAllowed; readonly isOfRun: boolean } | undefined> {
  const { runId, trigger } = run.message;
  const slot = known.slotIsUsed ? undefined : await slotFor(run, known.shared, atMs, dependencies);
  const path = call === undefined ? undefined : operationPath(operations[call.operation], call.request);
  if (slot === undefined || path?.ok !== true) {
    return undefined;
  }
  const made = await callAtSlot(
    { method: 'GET', path: path.path },
    { startAtMs: slot.atMs, timeoutMs },
    { runId, trigger, shared: known.shared, apiKey: known.apiKey, probes },
    dependencies,
  );
  return made.kind === 'slot_missed' ? undefined : { made, isOfRun: slot.isOfRun };
}
