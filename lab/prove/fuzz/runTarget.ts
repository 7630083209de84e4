import * as fc from 'fast-check';
import { type CorpusInput, howToKeep, readCorpus } from './corpus.ts';
import { FuzzFailure, type FuzzTarget, type OpenTarget } from './fuzzTarget.ts';

/** No check takes so long, also on a busy machine. */
const checkTimeoutMs = 600_000;
/** How much of its input a failure shows; the whole input goes into the corpus. */
const shownCharacters = 2_000;

/** How a target is run. */
export interface FuzzOptions {
  readonly seed: number;
  readonly milliseconds: number;
  readonly isShort: boolean;
}

/** The result of a target. */
export interface TargetReport {
  readonly name: string;
  readonly inputs: number;
  /** How often each word was seen. */
  readonly seen: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

/** Tries a target with its corpus, then with random inputs until its time is over, or one fails. */
export async function runTarget(target: FuzzTarget, options: FuzzOptions): Promise<TargetReport> {
  const open = await target.open();
  try {
    const seen = new Map<string, number>();
    const corpus = await readCorpus(target);
    const known = await replay(target, open, corpus, seen);
    const found = await search(target, open, options, seen);
    return {
      name: target.name,
      inputs: corpus.length + found.inputs,
      seen,
      failures: [...known, ...found.failures],
    };
  } finally {
    await open.close();
  }
}

async function replay(
  { name }: FuzzTarget,
  open: OpenTarget<unknown>,
  corpus: readonly CorpusInput[],
  seen: Map<string, number>,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { file, input } of corpus) {
    try {
      count(seen, await open.check(input));
    } catch (error) {
      failures.push(`${name}: ${file} of the corpus: ${problemOf(error)}`);
    }
  }
  return failures;
}

async function search(
  target: FuzzTarget,
  open: OpenTarget<unknown>,
  { seed, milliseconds, isShort }: FuzzOptions,
  seen: Map<string, number>,
): Promise<{ readonly inputs: number; readonly failures: readonly string[] }> {
  const property = fc.asyncProperty(target.inputs, async (input: unknown) => {
    count(seen, await open.check(input));
  });
  const numRuns = target.mostInputs?.[isShort ? 'short' : 'full'] ?? Number.MAX_SAFE_INTEGER;
  const plugins = [fc.interruptAfterTimeLimit(milliseconds), fc.timeout(checkTimeoutMs)];
  const details = await fc.check(property, { seed, numRuns, plugins });
  if (details.counterexample === null) {
    return { inputs: details.numRuns, failures: [] };
  }
  // The property has one argument; its type is lost in the plugins.
  const [input] = details.counterexample as readonly unknown[];
  const failure =
    `${target.name}: ${problemOf(details.errorInstance)} (seed ${details.seed}, path ${details.counterexamplePath}; ` +
    `input ${JSON.stringify(input).slice(0, shownCharacters)}; ${howToKeep(target, input)})`;
  return { inputs: details.numRuns, failures: [failure] };
}

function count(seen: Map<string, number>, word: string): void {
  seen.set(word, (seen.get(word) ?? 0) + 1);
}

/** An unexpected error, with the line that threw it. */
function problemOf(error: unknown): string {
  if (error instanceof FuzzFailure) {
    return error.message;
  }
  if (!(error instanceof Error)) {
    return `it threw a value of type ${typeof error}`;
  }
  const places = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const ours = places.find((line) => !line.includes('node_modules') && !line.includes('(node:')) ?? places[0];
  return `it threw ${error.name}: ${error.message.slice(0, 500)}${ours === undefined ? '' : `, ${ours.trim()}`}`;
}
