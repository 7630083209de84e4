import { formatTable } from '../../../cli/formatTable.ts';
import { sum } from '../../statistics.ts';
import type { Proof, ProofOptions, ProofResult } from '../proof.ts';
import type { FuzzTarget } from './fuzzTarget.ts';
import { runTarget, type TargetReport } from './runTarget.ts';
import { targets as allTargets } from './targets.ts';

const fullMs = 88_000;
const shortMs = 5_500;
/** How many different results are named; the rest is added up. */
const mostWords = 6;

/** Inputs that nobody would send, for everything that takes input. */
export const fuzz: Proof = {
  name: 'fuzz',
  description:
    'inputs that nobody would send, for everything that takes input: each is answered as documented',
  run: (options) => fuzzTargets(allTargets, options),
};

/** Runs targets one after the other, each for its share of the time. */
export async function fuzzTargets(
  targets: readonly FuzzTarget[],
  { progress, isShort, seed }: ProofOptions,
): Promise<ProofResult> {
  const shares = sum(targets.map(({ share }) => share));
  const reports: TargetReport[] = [];
  for (const target of targets) {
    progress(`fuzz: ${target.name}`);
    const milliseconds = ((isShort ? shortMs : fullMs) * target.share) / shares;
    reports.push(await runTarget(target, { seed, milliseconds, isShort }));
  }
  return {
    table: tableOf(reports),
    counts: { 'inputs tried': sum(reports.map(({ inputs }) => inputs)) },
    failures: reports.flatMap(({ failures }) => failures),
  };
}

function tableOf(reports: readonly TargetReport[]): string {
  return formatTable(
    [{ heading: 'target' }, { heading: 'inputs', align: 'right' }, { heading: 'what was seen' }],
    reports.map(({ name, inputs, seen, failures }) => [
      name,
      inputs.toLocaleString('en'),
      [...(failures.length === 0 ? [] : [`${failures.length} FAILED`]), wordsOf(seen)].join(', '),
    ]),
  );
}

function wordsOf(seen: ReadonlyMap<string, number>): string {
  const ranked = [...seen].sort(([, one], [, other]) => other - one);
  const rest = sum(ranked.slice(mostWords).map(([, times]) => times));
  const words = ranked.slice(0, mostWords).map(([word, times]) => `${word} ${times.toLocaleString('en')}`);
  return [...words, ...(rest === 0 ? [] : [`others ${rest.toLocaleString('en')}`])].join(', ');
}
