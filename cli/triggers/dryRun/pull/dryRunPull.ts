import { setTimeout as sleep } from 'node:timers/promises';
import { callSentence } from '../../../../functions/access/callRecord.ts';
import { type OperationName, operations } from '../../../../functions/access/operations.ts';
import type { StepDependencies } from '../../../../functions/pull/pullDependencies.ts';
import { csvRows } from '../../../../functions/pull/rows/csvRows.ts';
import type { OpenFile } from '../../../../functions/pull/rows/openedFile.ts';
import { rowsReader } from '../../../../functions/pull/rows/readRows.ts';
import { pullOf, type TriggerPull } from '../../../../functions/pulls/pullOf.ts';
import { SystemsGate } from '../../../../functions/systems/systemsGate.ts';
import { closestName } from '../../../../functions/triggers/closestName.ts';
import type { Trigger } from '../../../../functions/triggers/trigger.ts';
import { loadAccess } from '../../../../infra/bundling/loadAccess.ts';
import { readTriggers } from '../../readTriggers.ts';
import { GivenValueError, readGivenValues, readJson } from '../givenValues.ts';
import { formatPullFinding, summarizePull } from './formatPullFinding.ts';
import { openFileHere } from './openFileHere.ts';
import type { PullDryEnd, PullFinding, StepFinding } from './pullFinding.ts';
import { ReadOnlyGate } from './readOnlyGate.ts';
import { type Environment, originOfFiles, systemsOfEnvironment } from './systemsOfEnvironment.ts';
import { takeSteps } from './takeSteps.ts';

/** Which pull, and how far. */
export interface DryRunPullOptions {
  readonly triggersFile: string;
  /** The name of its trigger. */
  readonly pull: string;
  /** The most items. */
  readonly items: number;
  readonly maxWaitSeconds: number;
  /** `<operation>=<file>`: answers given by hand. */
  readonly answers: readonly string[];
  /** As in `readGivenValues`. */
  readonly lookups: readonly string[];
  readonly results: readonly string[];
  readonly json: boolean;
}

/**
 * Takes the steps of a pull with real reads, and prints its events and the requests to Mavera that they would start. Exit code 1
 * if the pull fails, or if a request could not be built.
 *
 * @throws TriggersFileError, GivenValueError
 */
export async function dryRunPull(options: DryRunPullOptions, environment: Environment): Promise<void> {
  const findings: PullFinding[] = [];
  for await (const finding of findPull(options, environment)) {
    findings.push(finding);
    const text = options.json ? JSON.stringify(finding) : formatPullFinding(finding);
    if (text !== undefined) {
      console.log(text);
    }
  }
  const end = findings.find((finding): finding is PullDryEnd => finding.outcome === 'ended');
  if (!options.json && end !== undefined) {
    console.log(`\n${summarizePull(findings, end)}`);
  }
  if (end?.why === 'failed' || findings.some(({ outcome }) => outcome === 'failed')) {
    process.exitCode = 1;
  }
}

function findPull(options: DryRunPullOptions, environment: Environment): AsyncGenerator<PullFinding> {
  const { triggersFile, pull: name, items, maxWaitSeconds, lookups, results } = options;
  const triggers = readTriggers(triggersFile);
  const grants = loadAccess(triggersFile);
  const pulled = pullNamed(name, triggers);
  const answers = readAnswers(options.answers, pulled);
  const toRead = pulled.pull.operations.filter(
    (operation) => operations[operation].level === 'read' && !answers.has(operation),
  );
  const systems = systemsOfEnvironment(name, toRead, environment);
  let taken: StepFinding[] = [];
  const pause = async (ms: number): Promise<void> => {
    await sleep(ms);
  };
  const gate = new ReadOnlyGate({
    gate: new SystemsGate({
      triggers,
      grants,
      systems,
      now: Date.now,
      sleep: pause,
      onCall: (record) => taken.push({ outcome: 'called', sentence: callSentence(record) }),
      onTrouble: () => undefined,
    }),
    answers,
    onSubstitute: (substitute) => taken.push({ outcome: 'substituted', ...substitute }),
    now: Date.now,
    sleep: pause,
  });
  const open = openFileHere(triggersFile, originOfFiles(environment));
  const openFile: OpenFile = async (file, signal, start) => {
    taken.push({ outcome: 'read_file', file: withoutQuery(file) });
    return await open(file, signal, start);
  };
  const dependencies: StepDependencies = {
    gate,
    readRows: rowsReader(openFile, csvRows),
    // What has a quota changes something, so that it is not called.
    quotas: { take: async () => true, giveBack: async () => undefined },
    now: Date.now,
    sleep: pause,
  };
  return takeSteps(pulled, {
    rules: { triggers, grants, given: readGivenValues(lookups, results, triggers) },
    dependencies,
    taken: () => {
      const found = taken;
      taken = [];
      return found;
    },
    notMade: () => gate.notMade,
    items,
    maxWaitMs: maxWaitSeconds * 1_000,
  });
}

/** The URL of an export opens its file to whoever has it. */
function withoutQuery(file: string): string {
  return URL.canParse(file) && !file.startsWith('s3:') ? (file.split('?')[0] ?? '') : file;
}

function pullNamed(name: string, triggers: readonly Trigger[]): TriggerPull {
  const pulls = triggers.flatMap((trigger) => pullOf(trigger) ?? []);
  const found = pulls.find(({ trigger }) => trigger.name === name);
  if (found === undefined) {
    const names = pulls.map(({ trigger }) => trigger.name);
    const closest = closestName(name, names);
    const hint =
      closest === undefined ? `the pulls are ${names.join(', ') || 'none'}` : `did you mean ${closest}?`;
    throw new GivenValueError(`--pull ${name}: no trigger of this name pulls; ${hint}`);
  }
  return found;
}

function readAnswers(options: readonly string[], { pull }: TriggerPull): ReadonlyMap<OperationName, unknown> {
  return new Map(
    options.map((option) => {
      const [, name, file = ''] = /^(\w+)=(.+)$/.exec(option) ?? [];
      const operation = pull.operations.find((one) => one === name);
      if (operation === undefined) {
        throw new GivenValueError(
          `--answer ${option}: expected <operation>=<file>; the operations of the pull are ${pull.operations.join(', ')}.`,
        );
      }
      return [operation, readJson('--answer', file)];
    }),
  );
}
