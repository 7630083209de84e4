import type { SourceName } from '../../../functions/sources/source.ts';
import { loadAccess } from '../../../infra/bundling/loadAccess.ts';
import { readEvents } from '../../../simulators/segment/readEvents.ts';
import { readTriggers } from '../readTriggers.ts';
import { findRuns } from './findRuns.ts';
import { formatFinding, summarize } from './formatFinding.ts';
import { readGivenValues } from './givenValues.ts';

/** What to show. */
export interface DryRunOptions {
  readonly triggersFile: string;
  /** NDJSON files or globs. */
  readonly files: readonly string[];
  readonly route: string;
  /** @default told by the shape of each element */
  readonly source?: SourceName | undefined;
  readonly userIdArgument: string;
  /** As in `readGivenValues`. */
  readonly lookups: readonly string[];
  readonly results: readonly string[];
  readonly json: boolean;
}

/**
 * Prints what the events of files would start: each Mavera request, what would be looked up first, what would follow, and the
 * total credits. Exit code 1 if a request could not be built.
 *
 * @throws TriggersFileError, InvalidEventsError, GivenValueError
 */
export async function dryRun(options: DryRunOptions): Promise<void> {
  const { triggersFile, files, route, source, userIdArgument, lookups, results, json } = options;
  const triggers = readTriggers(triggersFile);
  const grants = loadAccess(triggersFile);
  const given = readGivenValues(lookups, results, triggers);
  const rules = { triggers, grants, given, route, source, userIdArgument };
  const findings = findRuns(await readEvents(...files), rules);
  for (const finding of findings) {
    const text = json ? JSON.stringify(finding) : formatFinding(finding);
    if (text !== undefined) {
      console.log(text);
    }
  }
  if (!json) {
    console.log(`\n${summarize(findings)}`);
  }
  if (findings.some(({ outcome }) => outcome === 'failed')) {
    process.exitCode = 1;
  }
}
