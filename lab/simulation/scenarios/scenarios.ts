import { fairnessScenario } from './fairness.ts';
import { faultsScenario } from './faults.ts';
import { idleScenario } from './idle.ts';
import { mixScenario } from './mix.ts';
import { paceScenario } from './pace.ts';
import { costScenario } from './parkedCost.ts';
import { fastPlan, middlePlan, slowPlan } from './plans.ts';
import { pullLimitsScenario } from './pullLimits.ts';
import type { Scenario } from './scenario.ts';

/** Three hours of a million; the first hour of 100,000, whose arrival takes as long to simulate. */
const mostMinutes = 180;
const firstHour = 60;

/** All scenarios, in the order of their table. */
export const scenarios: readonly Scenario[] = [
  ...[fastPlan, middlePlan, slowPlan].flatMap((plan) => [
    paceScenario({ plan, runs: 10_000, areImported: false, mostMinutes }),
    paceScenario({ plan, runs: 100_000, areImported: false, mostMinutes: firstHour }),
    paceScenario({ plan, runs: 1_000_000, areImported: true, mostMinutes }),
  ]),
  ...[fastPlan, slowPlan].flatMap((plan) => [
    fairnessScenario({ plan, runs: 100_000, isParked: true, singles: 40 }),
    fairnessScenario({ plan, runs: 100_000, isParked: false, singles: 25 }),
  ]),
  mixScenario({ plan: middlePlan, minutes: 60 }),
  mixScenario({ plan: slowPlan, minutes: 120 }),
  idleScenario(1_000, 100_000),
  costScenario({ plan: fastPlan, runs: 10_000 }),
  costScenario({ plan: slowPlan, runs: 2_000 }),
  faultsScenario({ plan: fastPlan, runs: 10_000 }),
  faultsScenario({ plan: slowPlan, runs: 1_000 }),
  pullLimitsScenario({
    name: 'pull-limits',
    seconds: 60,
    spaces: 2,
    previews: 60,
    lists: 20,
    days: 35,
    everyMs: 86_400_000,
    sample: 40,
  }),
];

/** The form for the tests: all of them together take less than half a minute. */
export const shortScenarios: readonly Scenario[] = [
  paceScenario({ plan: slowPlan, runs: 1_000, areImported: false, mostMinutes: 20 }),
  paceScenario({ plan: slowPlan, runs: 20_000, areImported: true, mostMinutes: 15 }),
  fairnessScenario({ plan: slowPlan, runs: 1_500, isParked: true, singles: 8 }),
  fairnessScenario({ plan: slowPlan, runs: 1_500, isParked: false, singles: 8 }),
  mixScenario({ plan: slowPlan, minutes: 38 }),
  idleScenario(100, 2_000),
  costScenario({ plan: fastPlan, runs: 500 }),
  faultsScenario({ plan: fastPlan, runs: 400 }),
  pullLimitsScenario({
    name: 'pull-limits',
    seconds: 5,
    spaces: 1,
    previews: 40,
    lists: 4,
    days: 2,
    everyMs: 2 * 3_600_000,
    sample: 2,
  }),
];
