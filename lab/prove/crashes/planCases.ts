import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import type { CrashCase, FaultPoint, Step } from './crashCase.ts';
import { accountFaults, awsFaults, type FaultKind, maveraFaults, systemFaults } from './fault.ts';
import type { Scenario } from './scenario.ts';

/** A scenario, and the calls that it makes if nothing goes wrong. */
export interface KnownScenario {
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
}

/** Every fault at every step, one at a time. */
export function singleFaults(known: readonly KnownScenario[]): readonly CrashCase[] {
  return known.flatMap(({ scenario, steps }, which) =>
    stepsOf(scenario, steps).flatMap((step, at) =>
      faultsIn(scenario, step).map((fault, kind) => ({
        id: `single-${which}-${at}-${kind}`,
        scenario,
        points: [faultAt(steps, step, fault)],
      })),
    ),
  );
}

/** The account's faults at every call to Mavera: first at those that begin work, then at those that read it. */
export function accountWaves(known: readonly KnownScenario[]): readonly (readonly CrashCase[])[] {
  const cases = known.flatMap(({ scenario: { atOnce: _, ...scenario }, steps }, which) =>
    steps
      .filter(({ call }) => isMaveras(call))
      .flatMap((step, at) =>
        accountFaults.map((fault) => ({
          id: `account-${which}-${at}-${fault}`,
          scenario,
          points: [{ step, fault }],
        })),
      ),
  );
  const isLook = ({ points }: CrashCase): boolean => points.some(({ step }) => step.call.startsWith('GET '));
  return [cases.filter((one) => !isLook(one)), cases.filter(isLook)];
}

function stepsOf({ from, only, firstOnly }: Scenario, steps: readonly Step[]): readonly Step[] {
  const first = steps.findIndex(({ call }) => call === from);
  const tried = steps.slice(Math.max(0, first)).filter(({ call }) => only?.includes(call) ?? true);
  const isOnce = (call: string): boolean => firstOnly === true || firstOnly?.includes(call) === true;
  return tried.filter(({ call }, at) => !isOnce(call) || indexOfCall(tried, call) === at);
}

function indexOfCall(steps: readonly Step[], name: string): number {
  return steps.findIndex(({ call }) => call === name);
}

/** Two faults at different steps of one case, at random, in the scenarios without a limit at a time. */
export function faultPairs(
  known: readonly KnownScenario[],
  count: number,
  seed: number,
): readonly CrashCase[] {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) {
      throw new RangeError('There is nothing to pick from.');
    }
    return item;
  };
  const point = (all: readonly Step[], steps: readonly Step[]): FaultPoint => {
    const step = pick(steps);
    return faultAt(all, step, pick(faultsAt(step)));
  };
  return Array.from({ length: count }, (_none, index) => {
    const { scenario, steps } = pick(
      known.filter((one) => one.steps.length > 1 && one.scenario.atOnce === undefined),
    );
    const first = point(steps, steps);
    const second = point(
      steps,
      steps.filter((step) => step !== first.step),
    );
    return { id: `pair-${seed}-${index}`, scenario, points: [first, second] };
  });
}

/** A handshake does not say which call it is for, so it is identified by the number of calls before it. */
function faultAt(steps: readonly Step[], step: Step, fault: FaultKind): FaultPoint {
  return fault === 'TLS'
    ? { step, fault, handshake: steps.filter(({ call }) => isMaveras(call)).indexOf(step) }
    : { step, fault };
}

function faultsIn({ faults }: Scenario, step: Step): readonly FaultKind[] {
  return faultsAt(step).filter((fault) => faults === undefined || faults.includes(fault));
}

/** What can go wrong with a call of this name. */
export function faultsAt({ call }: Step): readonly FaultKind[] {
  if (isMaveras(call)) {
    return maveraFaults;
  }
  return isOfSystem(call) ? systemFaults : awsFaults;
}

/** Whether it is a call to an outside system other than Mavera. */
export function isOfSystem(call: string): boolean {
  return /^[a-z]+ [A-Z]+ \//.test(call);
}

/** Whether it is a call to Mavera. */
export function isMaveras(call: string): boolean {
  return /^[A-Z]+ \//.test(call);
}
