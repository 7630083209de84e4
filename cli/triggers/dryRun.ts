import { claimKey, messageKey, runIdFor } from '../../functions/ledger/keys.ts';
import type { MaveraRequest } from '../../functions/mavera/maveraClient.ts';
import { prepareRequest } from '../../functions/run/prepareRequest.ts';
import { parseSegmentEvent } from '../../functions/sources/segment/event.ts';
import { compileTriggers, matchTriggers } from '../../functions/triggers/matchTriggers.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { type EventLine, readEvents } from '../../local/segment/readEvents.ts';

/** What to show. */
export interface DryRunOptions {
  readonly triggersFile: string;
  /** NDJSON files or globs. */
  readonly files: readonly string[];
  readonly route: string;
  readonly json: boolean;
}

/** What one element of a file would come to. */
type Finding =
  | { readonly place: string; readonly outcome: 'ignored' | 'duplicate' }
  | { readonly place: string; readonly outcome: 'invalid'; readonly detail: string }
  | {
      readonly place: string;
      readonly outcome: 'run';
      readonly trigger: string;
      readonly action: string;
      readonly request: MaveraRequest;
      readonly estimatedCredits: number;
    }
  | {
      readonly place: string;
      readonly outcome: 'failed';
      readonly trigger: string;
      readonly reason: string;
      readonly detail: string;
    };

/**
 * Prints what the events of files would start: each Mavera request, and the credits in all. Exit code 1 when a
 * request could not be built.
 *
 * @throws TriggersFileError, InvalidEventsError
 */
export async function dryRun(options: DryRunOptions): Promise<void> {
  const triggers = compileTriggers(await loadTriggers(options.triggersFile));
  const seen = new Set<string>();
  const findings = (await readEvents(...options.files)).flatMap((line) =>
    elementsOf(line).flatMap(({ place, element }) => {
      const parsed = parseSegmentEvent(element);
      if (!parsed.ok) {
        return [{ place, outcome: 'invalid', detail: parsed.problem } satisfies Finding];
      }
      const { event } = parsed;
      const matched = matchTriggers(triggers, options.route, event);
      if (matched.length === 0) {
        return [{ place, outcome: 'ignored' } satisfies Finding];
      }
      const identity = {
        source: 'segment',
        route: options.route,
        messageId: event.messageId,
        element,
      } as const;
      const key = claimKey(identity, messageKey(identity));
      if (seen.has(key)) {
        return [{ place, outcome: 'duplicate' } satisfies Finding];
      }
      seen.add(key);
      return matched.map((trigger): Finding => {
        const prepared = prepareRequest(
          trigger,
          event,
          runIdFor(identity, messageKey(identity), trigger.name),
        );
        return prepared.ok
          ? {
              place,
              outcome: 'run',
              trigger: trigger.name,
              action: trigger.run.kind,
              request: prepared.request,
              estimatedCredits: prepared.estimatedCredits,
            }
          : { place, outcome: 'failed', trigger: trigger.name, ...failureOf(prepared) };
      });
    }),
  );
  for (const finding of findings) {
    print(finding, options.json);
  }
  if (!options.json) {
    console.log(`\n${summary(findings)}`);
  }
  if (findings.some(({ outcome }) => outcome === 'failed')) {
    process.exitCode = 1;
  }
}

function failureOf({ reason, detail }: { reason: string; detail: string }): {
  reason: string;
  detail: string;
} {
  return { reason, detail };
}

function elementsOf({ file, line, payload }: EventLine): readonly { place: string; element: unknown }[] {
  return Array.isArray(payload)
    ? payload.map((element: unknown, index) => ({ place: `${file}:${line}[${index}]`, element }))
    : [{ place: `${file}:${line}`, element: payload }];
}

function print(finding: Finding, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(finding));
    return;
  }
  const { place, outcome } = finding;
  if (outcome === 'run') {
    const { trigger, request, estimatedCredits } = finding;
    console.log(`${place}  ${trigger}: ${request.method} ${request.path}, about ${estimatedCredits} credits`);
    console.log(`    ${JSON.stringify(request.body)}`);
  } else if (outcome === 'failed') {
    console.log(`${place}  ${finding.trigger}: FAILED ${finding.reason}: ${finding.detail}`);
  } else if (outcome === 'invalid') {
    console.log(`${place}  invalid: ${finding.detail}`);
  }
}

function summary(findings: readonly Finding[]): string {
  const count = (outcome: Finding['outcome']): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const credits = findings.reduce(
    (sum, finding) => sum + (finding.outcome === 'run' ? finding.estimatedCredits : 0),
    0,
  );
  return (
    `${count('run')} runs, about ${credits.toLocaleString('en')} credits; ${count('failed')} failed, ` +
    `${count('duplicate')} duplicate, ${count('ignored')} ignored and ${count('invalid')} invalid events. ` +
    'Nothing was called.'
  );
}
