import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { pulledMessageId } from '../../../../functions/ledger/keys.ts';
import type { Patience } from '../../evidence/patience.ts';
import { settle } from '../../evidence/settle.ts';
import { workDone } from '../../evidence/workDone.ts';
import type { Proof, ProofOptions, ProofResult } from '../../proof.ts';
import type { Step } from '../crashCase.ts';
import { judgePullCase, type PullTraces } from './judgePullCase.ts';
import { type PullCase, planPullCases, pullCaseName } from './pullCase.ts';
import { type KnownPulls, type PullVerdict, pullMatrixTable } from './pullMatrixTable.ts';
import { type PullSystem, startPullSystem } from './pullSystem.ts';
import { type TriedPull, tryPullCase } from './tryPullCase.ts';

const patience: Patience = { usualMs: 240_000, stillMs: 120_000, mostMs: 1_800_000 };
const kinds = ['pages', 'contacts'] as const;
/** SendGrid makes one export at a time, so there is one pull of contacts. */
const triggersOf: Readonly<Record<PullCase['kind'], readonly string[]>> = {
  pages: ['pages-1', 'pages-2', 'pages-3'],
  contacts: ['contacts'],
};

/**
 * Tries every fault at every call of a puller, and what the outside systems, the schedule and the queue may do beside it, in the
 * local system with its real processes. At the end the run of each item must be done once, no occurrence be stuck, no export
 * have run twice.
 */
export const pullCrashes: Proof = {
  name: 'pulls',
  description:
    'every fault at every call of the puller, exports that are lost or expire, pages that change: 0 lost, 0 twice, 0 stuck',
  run: provePulls,
};

async function provePulls({ progress, isShort }: ProofOptions): Promise<ProofResult> {
  progress('pulls: booting the system');
  const system = await startPullSystem();
  try {
    const learnt = await learn(system, progress);
    const cases = kinds.flatMap((kind) => planPullCases(kind, learnt.known[kind], isShort));
    const tried = await tryCases(system, cases, learnt.items, progress);
    progress('pulls: waiting until every run is at its end');
    await endQueue(system);
    const settled = await settle(system.system, patience, (line) => progress(`pulls: ${line}`));
    const traces = await readTraces(system);
    const verdicts = tried.map(
      (one): PullVerdict => ({
        pullCase: one.pullCase,
        hasMet: one.hasMet,
        problems: judgePullCase(one, learnt.items[one.pullCase.kind], traces),
      }),
    );
    const unknown = unknownRuns(traces, [...learnt.tried, ...tried], learnt.items);
    return resultOf(learnt.known, verdicts, [
      ...(settled.isOver ? [] : [`not finished, waiting for ${settled.waitsFor}`]),
      ...(unknown.length === 0
        ? []
        : [`${unknown.length} runs are of no item of an occurrence: ${unknown[0]}`]),
    ]);
  } finally {
    await system.stop();
  }
}

type Items = Readonly<Record<PullCase['kind'], readonly string[]>>;

interface Learnt {
  readonly known: KnownPulls;
  readonly items: Items;
  readonly tried: readonly TriedPull[];
}

/** Pulls each kind twice without faults: the first time finds the items, the second time has the calls of a warm process. */
async function learn(system: PullSystem, progress: (line: string) => void): Promise<Learnt> {
  const known: Record<PullCase['kind'], readonly Step[]> = { pages: [], contacts: [] };
  const items: Record<PullCase['kind'], readonly string[]> = { pages: [], contacts: [] };
  const tried: TriedPull[] = [];
  for (const kind of kinds) {
    progress(`pulls: ${kind}, without any fault`);
    const [trigger = ''] = triggersOf[kind];
    const first = await tryPullCase(system, trigger, { id: `first-${kind}`, kind }, []);
    await settle(system.system, patience, progress);
    items[kind] = itemsOf(system, first);
    const second = await tryPullCase(system, trigger, { id: `second-${kind}`, kind }, items[kind]);
    known[kind] = second.steps;
    tried.push(first, second);
    if (second.last?.status !== 'done' || items[kind].length < 3 || second.steps.length === 0) {
      throw new Error(
        `Even without faults, the pull of ${kind} is ${second.last?.status} with ${items[kind].length} items: ${second.last?.detail}`,
      );
    }
  }
  return { known, items, tried };
}

/** The items of an occurrence, as the questions to Mave name them. */
function itemsOf({ mavera }: PullSystem, { trigger, occurrence }: TriedPull): readonly string[] {
  const questions = mavera.threads().flatMap(({ messages }) => messages.map(({ content }) => content));
  const found = questions.flatMap((question) => {
    const [, messageId, item = ''] = /<([^<>]+)> \[([^\]]*)\]/.exec(question) ?? [];
    return messageId === pulledMessageId(trigger, item, occurrence) ? [item] : [];
  });
  return [...new Set(found)].sort();
}

/** Several pulls at a time, the cases of one after the other. */
async function tryCases(
  system: PullSystem,
  cases: readonly PullCase[],
  items: Items,
  progress: (line: string) => void,
): Promise<readonly TriedPull[]> {
  const tried: TriedPull[] = [];
  const lane = async (trigger: string, take: () => PullCase | undefined): Promise<void> => {
    for (let next = take(); next !== undefined; next = take()) {
      tried.push(await tryPullCase(system, trigger, next, items[next.kind]));
      if (tried.length % 10 === 0 || tried.length === cases.length) {
        progress(`pulls: ${tried.length} of ${cases.length} cases`);
      }
    }
  };
  const lanes = kinds.flatMap((kind) => {
    const waiting = cases.filter((one) => one.kind === kind && one.trigger === undefined);
    return triggersOf[kind].map((trigger) => lane(trigger, () => waiting.shift()));
  });
  const own = cases.filter(({ trigger }) => trigger !== undefined);
  const lanesOfOwn = own.map((one) => {
    const waiting = [one];
    return lane(one.trigger ?? '', () => waiting.shift());
  });
  await Promise.all([...lanes, ...lanesOfOwn]);
  return tried;
}

/** What is left there are messages of occurrences that are over, some of which wait for a quarter of an hour. */
async function endQueue({ system }: PullSystem): Promise<void> {
  await system.clients.sqs.send(new PurgeQueueCommand({ QueueUrl: system.resources.pullQueueUrl }));
}

async function readTraces({ mavera, results }: PullSystem): Promise<PullTraces> {
  const published = new Map<string, number>();
  for (const body of await results.drain()) {
    const { type, occurrence = '' } = JSON.parse(body) as {
      readonly type?: string;
      readonly occurrence?: string;
    };
    if (type === 'pull.ended') {
      published.set(occurrence, (published.get(occurrence) ?? 0) + 1);
    }
  }
  return { done: workDone(mavera), published };
}

/** Message ids of runs that no occurrence should have. */
function unknownRuns({ done }: PullTraces, tried: readonly TriedPull[], items: Items): readonly string[] {
  const expected = new Set(
    tried.flatMap(({ pullCase, trigger, occurrence }) =>
      items[pullCase.kind].map((item) => pulledMessageId(trigger, item, occurrence)),
    ),
  );
  return [...done.keys()].filter((messageId) => !expected.has(messageId));
}

function resultOf(
  known: KnownPulls,
  verdicts: readonly PullVerdict[],
  problems: readonly string[],
): ProofResult {
  const all = [...verdicts.flatMap((verdict) => verdict.problems), ...problems];
  const count = (what: RegExp): number => all.filter((problem) => what.test(problem)).length;
  return {
    table: pullMatrixTable(known, verdicts),
    counts: {
      'faults tried': verdicts.filter(({ hasMet, pullCase }) => hasMet || pullCase.special !== undefined)
        .length,
      'pulls started': verdicts.length,
      'not finished': count(/not finished/),
      lost: count(/ is lost$/),
      twice: count(/ was done \d+ times$|exports were started$|of no item/),
    },
    failures: [
      ...verdicts.flatMap(({ pullCase, problems: found }) =>
        found.length === 0 ? [] : [`${pullCaseName(pullCase)}: ${found.join('; ')}`],
      ),
      ...problems,
    ],
  };
}
