import { lookupKey } from '../../ledger/keys.ts';
import type { SegmentSource } from '../../lookups/channels.ts';
import { freshForMs, isFresh } from '../../lookups/freshness.ts';
import type { Lookup } from '../../lookups/lookup.ts';
import { readSources, type SegmentSources, type SourcesPage } from '../../lookups/readLookup.ts';
import { describeSchemaError, isSchemaError } from '../../schema/schemaError.ts';
import { faultOf, statusOf } from '../../systems/callAnswer.ts';
import type { SystemAnswer } from '../../systems/systemsGate.ts';
import type { LeasedRun } from '../leasedRun.ts';
import type { RunnerDependencies } from '../runDependencies.ts';
import { type Ended, ended } from '../runOutcome.ts';
import { callSystem, stop, stopIfLate } from './askSystem.ts';

/** The names of Segment's sources change rarely. A list that cannot be read is `undefined`, which is fresh for a minute. */
const freshness = { kind: 'segmentProfile', freshFor: '1h' } as const satisfies Lookup;

const mostPages = 20;

/**
 * The names of Segment's sources. They are only shown beside ids and events: without access to them, a profile has none.
 */
export async function readSegmentSources(
  run: LeasedRun,
  dependencies: RunnerDependencies,
): Promise<SegmentSources | Ended> {
  const { lookedUp, now, onTrouble } = dependencies;
  const key = lookupKey('listSegmentSources');
  const kept = (await lookedUp.read([key])).get(key);
  const atMs = now();
  if (kept !== undefined && isFresh(freshness, kept, atMs)) {
    return new Map((kept.value ?? []) as readonly (readonly [string, SegmentSource])[]);
  }
  const found = new Map<string, SegmentSource>();
  for (let page = 0, next: string | undefined; page < mostPages; page += 1) {
    const read = await readPage(run, next, dependencies);
    if (read === ended) {
      return ended;
    }
    if (read instanceof Error) {
      onTrouble("the names of Segment's sources cannot be read", read);
      // Otherwise every run asks, and waits for Segment's narrow limit of such calls.
      await lookedUp.keep(key, { value: undefined, atMs }, { freshForMs: freshForMs(freshness) });
      return found;
    }
    for (const [id, source] of read.sources) {
      found.set(id, source);
    }
    if (read.next === undefined) {
      break;
    }
    next = read.next;
  }
  await lookedUp.keep(key, { value: [...found], atMs }, { freshForMs: freshForMs(freshness) });
  return found;
}

/** @returns an error if they cannot be read now nor soon */
async function readPage(
  run: LeasedRun,
  cursor: string | undefined,
  dependencies: RunnerDependencies,
): Promise<SourcesPage | Error | Ended> {
  const query = {
    'pagination.count': '200',
    ...(cursor === undefined ? {} : { 'pagination.cursor': cursor }),
  };
  if ((await stopIfLate(run, 'profile_unavailable', dependencies)) === ended) {
    return ended;
  }
  const answer = await callSystem(run, 'listSegmentSources', { query }, dependencies);
  if (isClosed(answer)) {
    return new Error(describe(answer));
  }
  if (answer.kind !== 'answered') {
    return await stop(run, answer, 'profile_unavailable', dependencies);
  }
  try {
    return readSources(answer.json);
  } catch (error) {
    if (!isSchemaError(error)) {
      throw error;
    }
    return new Error(`The list is not as documented: ${describeSchemaError(error)}`);
  }
}

/** Nobody gave us a token, the token may not read the sources, or Segment refuses the question itself. */
function isClosed(answer: SystemAnswer): boolean {
  return (
    answer.kind === 'no_credentials' ||
    (answer.kind === 'refused' && (answer.error.status === 401 || faultOf(answer.error) === 'request'))
  );
}

function describe(answer: SystemAnswer): string {
  return answer.kind === 'refused' ? `Segment answered ${statusOf(answer)}` : answer.kind;
}
