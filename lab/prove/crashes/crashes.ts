import { worstCaseCredits } from '../../../functions/mavera/actions/worstCaseCredits.ts';
import type { DeliveryOutcome } from '../../../simulators/segment/sendToWebhook.ts';
import { sum } from '../../statistics.ts';
import type { MaybeBilled } from '../evidence/judgeLedger.ts';
import { ledgerProblems } from '../evidence/ledgerProblems.ts';
import type { Patience } from '../evidence/patience.ts';
import { type Settled, settle } from '../evidence/settle.ts';
import type { Proof, ProofOptions, ProofResult } from '../proof.ts';
import { type CrashCase, caseName, type FaultPoint, type Step } from './crashCase.ts';
import { type CrashSystem, startCrashSystem } from './crashSystem.ts';
import { type FaultKind, mayBeBilled } from './fault.ts';
import { judgeCase, reportedAgain } from './judgeCase.ts';
import { type CaseVerdict, matrixTable } from './matrixTable.ts';
import {
  accountWaves,
  faultPairs,
  isMaveras,
  isOfSystem,
  type KnownScenario,
  singleFaults,
} from './planCases.ts';
import { readTraces } from './readTraces.ts';
import { type Scenario, scenarios } from './scenario.ts';
import { sendCases } from './sendCases.ts';
import triggers from './triggers.ts';

const pairs = 120;
/** As many as the functions can process without long waits. */
const casesAtOnce = 48;
/** Two dead leases one after the other, and the runs that wait behind. */
const patience: Patience = { usualMs: 240_000, stillMs: 120_000, mostMs: 1_800_000 };

/**
 * Tries every fault at every call of the receiver's and the runner's protocols, one at a time and in random pairs, in the
 * local system with its real processes. Runs that are parked are dispatched, approved, denied or cancelled; the dispatcher
 * dies before and after each of its calls. The sender tries again as Segment does. At the end, each event's work must be done
 * once.
 */
export const crashes: Proof = {
  name: 'crashes',
  description:
    'every fault at every call of receiver and runner, alone and in pairs, and the dispatcher dying at each of its calls: 0 lost, 0 twice',
  run: proveCrashes,
};

async function proveCrashes(options: ProofOptions): Promise<ProofResult> {
  const [main, account] = await Promise.all([
    proveFaults(options),
    options.isShort ? none : proveAccountFaults(options),
  ]);
  const verdicts = [...main.verdicts, ...account.verdicts];
  const tried = sum(verdicts.map(({ met }) => met));
  const events = sum(verdicts.map(({ crashCase }) => crashCase.scenario.events));
  const count = (what: RegExp): number =>
    verdicts.flatMap(({ problems }) => problems).filter((problem) => what.test(problem)).length;
  return {
    table: `${matrixTable(main.known, main.verdicts)}\n${pairsLine(main.verdicts)}\n${accountLine(account.verdicts)}`,
    counts: {
      'faults tried': tried,
      'events sent': events,
      'not finished': count(/ is not finished: /),
      lost: count(/ is lost$/),
      twice: count(/ was done \d+ times$/),
      'reported again': sum(
        [...main.verdicts, ...account.verdicts].map(({ reportedAgain }) => reportedAgain),
      ),
    },
    failures: [
      ...verdicts.flatMap(({ crashCase, problems }) =>
        problems.length === 0
          ? []
          : [`${caseName(crashCase)} (seed ${options.seed}): ${problems.join('; ')}`],
      ),
      ...main.problems,
      ...account.problems,
    ],
  };
}

interface Tried {
  readonly known: readonly KnownScenario[];
  readonly verdicts: readonly CaseVerdict[];
  /** What is wrong besides the cases, such as credits that stay reserved. */
  readonly problems: readonly string[];
}

const none: Tried = { known: [], verdicts: [], problems: [] };

async function proveFaults({ progress, isShort, seed }: ProofOptions): Promise<Tried> {
  progress('crashes: booting the system');
  const system = await startCrashSystem();
  try {
    const tried = isShort ? scenarios.filter(({ name }) => shortScenarios.has(name)) : scenarios;
    const known = await learnSteps(system, tried, progress);
    const singles = singleFaults(known).filter((crashCase) => !isShort || isInShortForm(crashCase));
    const cases = [...singles, ...faultPairs(known, isShort ? 0 : pairs, seed)];
    const { verdicts, settled } = await tryCases(system, cases, progress);
    return {
      known,
      verdicts,
      problems: await problemsOf(system, settled, verdicts),
    };
  } finally {
    await system.stop();
  }
}

/** The ledger is judged only if nothing is left to do. */
async function problemsOf(
  { system, results }: CrashSystem,
  settled: Settled,
  verdicts: readonly CaseVerdict[],
): Promise<readonly string[]> {
  return settled.isOver
    ? await ledgerProblems(system, results, maybeBilled(verdicts))
    : [`not finished, waiting for ${settled.waitsFor}`];
}

/** The others call Mavera in the same way. */
const accountTriggers: ReadonlySet<Scenario['trigger']> = new Set(['ask', 'persona', 'group']);
const shortScenarios: ReadonlySet<string> = new Set([
  'receive one event',
  'ask Mave',
  'create a persona',
  'dispatch a parked run',
  'look things up',
  'follow a run',
  'report to SegOps',
]);
/** Where a dispatcher's death could lose a run, or send it twice. */
const dispatchersShortCalls: ReadonlySet<string> = new Set(['SendMessageBatch', 'DeleteItem parked']);
/** Faults without long waits. */
const shortFaults: ReadonlySet<FaultKind> = new Set([
  'cut before',
  'cut after',
  'throttled',
  '503',
  '502 page',
  '504 page, done',
  'TLS',
  'byte order mark',
  '200, error',
]);

function maybeBilled(verdicts: readonly CaseVerdict[]): MaybeBilled {
  const faulty = verdicts.map(({ crashCase: { scenario, points } }) => ({
    trigger: scenario.trigger,
    calls: points.filter(({ fault }) => mayBeBilled(fault)).length,
  }));
  return new Map(
    triggers.map(({ name, run }) => [
      name,
      {
        calls: sum(faulty.filter(({ trigger }) => trigger === name).map(({ calls }) => calls)),
        estimatedCredits: worstCaseCredits(run),
      },
    ]),
  );
}

/** Between the end of a run and what is sent because of it. No lease is held then, so a death takes no wait. */
const afterTheEnd: ReadonlySet<string> = new Set(['Publish', 'SendMessage']);

function isInShortForm({ scenario, points }: CrashCase): boolean {
  return points.every((point) => isShortPoint(scenario, point));
}

/** Of most scenarios only the calls that no other one makes. */
function isShortPoint({ victim, trigger }: Scenario, { step, fault }: FaultPoint): boolean {
  if (victim === 'dispatcher') {
    return dispatchersShortCalls.has(step.call);
  }
  switch (trigger) {
    case 'followed':
      return afterTheEnd.has(step.call) && (shortFaults.has(fault) || fault.startsWith('killed'));
    case 'lookup':
    case 'reported':
      return shortFaults.has(fault) && isOfSystem(step.call);
    case 'persona':
      return shortFaults.has(fault) && isMaveras(step.call);
    default:
      return shortFaults.has(fault);
  }
}

/**
 * Tries the account's faults at every call to Mavera. They make all runs wait for minutes. So they get their own system, and
 * cases that can meet them together run together.
 */
async function proveAccountFaults({ progress }: ProofOptions): Promise<Tried> {
  const system = await startCrashSystem();
  try {
    const known = await learnSteps(
      system,
      scenarios.filter(
        ({ victim, trigger, isCold }) => victim === 'runner' && accountTriggers.has(trigger) && !isCold,
      ),
      () => undefined,
    );
    const waves = accountWaves(known);
    // One process for each case, so that none is late because its process starts.
    const warming = waves
      .flat()
      .map(({ scenario }, index) => ({ id: `warm-${index}`, scenario, points: [] }));
    await sendCases(system, warming, casesAtOnce, () => undefined);
    let settled = await settle(system.system, patience, progress);
    const verdicts: CaseVerdict[] = [];
    for (const [index, wave] of waves.entries()) {
      const where = `(faults of the account, ${index + 1} of ${waves.length})`;
      const tried = await tryCases(system, wave, (line) => progress(`${line} ${where}`));
      verdicts.push(...tried.verdicts);
      settled = tried.settled;
    }
    return {
      known: [],
      verdicts,
      problems: await problemsOf(system, settled, verdicts),
    };
  } finally {
    await system.stop();
  }
}

/**
 * Sends each scenario's events twice without faults, and records the calls of the second time. The first time creates what all
 * runs share.
 */
async function learnSteps(
  system: CrashSystem,
  tried: readonly Scenario[],
  progress: (line: string) => void,
): Promise<readonly KnownScenario[]> {
  const known: KnownScenario[] = [];
  for (const [index, scenario] of tried.entries()) {
    progress(`crashes: ${scenario.name}, without any fault`);
    let steps: readonly Step[] = [];
    for (const time of ['first', 'second']) {
      const crashCase: CrashCase = { id: `${time}-${index}`, scenario, points: [] };
      const outcomes = await sendCases(system, [crashCase], 1, () => undefined);
      const settled = await settle(system.system, patience, progress);
      const [verdict] = await judge(system, outcomes, settled);
      steps = distinct(system.saboteur.stepsOf(crashCase.id));
      if (verdict === undefined || verdict.problems.length > 0 || steps.length === 0) {
        throw new Error(`Even without faults, "${scenario.name}" fails: ${verdict?.problems.join('; ')}`);
      }
    }
    known.push({ scenario, steps });
  }
  return known;
}

function distinct(steps: readonly Step[]): readonly Step[] {
  return [...new Map(steps.map((step) => [`${step.call} ${step.nth}`, step])).values()];
}

async function tryCases(
  system: CrashSystem,
  cases: readonly CrashCase[],
  progress: (line: string) => void,
): Promise<{ readonly verdicts: readonly CaseVerdict[]; readonly settled: Settled }> {
  let sent = 0;
  const every = 20;
  const outcomes = await sendCases(system, inMixedOrder(cases), casesAtOnce, () => {
    sent += 1;
    if (sent % every === 0 || sent === cases.length) {
      progress(`crashes: ${sent} of ${cases.length} cases sent`);
    }
  });
  progress('crashes: waiting until every run is at its end');
  const settled = await settle(system.system, patience, (line) => progress(`crashes: ${line}`));
  progress('crashes: judging what was done');
  return { verdicts: await judge(system, outcomes, settled), settled };
}

async function judge(
  system: CrashSystem,
  outcomes: ReadonlyMap<CrashCase, DeliveryOutcome>,
  settled: Settled,
): Promise<readonly CaseVerdict[]> {
  return [...(await readTraces(system, outcomes, settled))].map(([crashCase, traces]) => ({
    crashCase,
    met: system.saboteur.metBy(crashCase.id),
    problems: judgeCase(traces),
    reportedAgain: reportedAgain(traces),
  }));
}

function pairsLine(verdicts: readonly CaseVerdict[]): string {
  return line(
    'random pairs',
    verdicts.filter(({ crashCase }) => crashCase.points.length === 2),
  );
}

function accountLine(verdicts: readonly CaseVerdict[]): string {
  return line("the account's faults (401, 402, a firewall's 403)", verdicts);
}

function line(what: string, verdicts: readonly CaseVerdict[]): string {
  const failed = verdicts.filter(({ problems }) => problems.length > 0).length;
  return `${what}: ${verdicts.length} cases, ${sum(verdicts.map(({ met }) => met))} faults met, ${failed} failed`;
}

/** Mixes the cases, so that no fault meets all its cases at once and the breaker does not open. */
function inMixedOrder(cases: readonly CrashCase[]): readonly CrashCase[] {
  const step = 37;
  return Array.from({ length: step }, (_none, offset) =>
    cases.filter((_case, index) => index % step === offset),
  ).flat();
}
