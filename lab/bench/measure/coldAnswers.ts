import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags } from '../../../local/lambda/nodeFlags.ts';
import { LabError } from '../../labError.ts';
import { median } from '../../statistics.ts';
import { memoryMb } from '../aws/handlerEnvironment.ts';
import type { Bundle } from '../bundles/bundle.ts';
import { functionUrlEvent } from '../load/functionUrlEvent.ts';
import { segmentEvent } from '../load/segmentEvent.ts';
import type { ColdProcessReport, FirstAnswer } from '../process/coldProcess.ts';
import { inTurns } from './inTurns.ts';
import { mapValues } from './mapValues.ts';

const rounds = 31;

/** What a process is asked first, and how it has to answer. */
const requests = {
  wanted: {
    event: () => functionUrlEvent(segmentEvent('wanted')),
    isAnsweredBy: ({ statusCode, body }: FirstAnswer) => statusCode === 200 && body.includes('"queued":1'),
  },
  unwanted: {
    event: () => functionUrlEvent(segmentEvent('ignored')),
    isAnsweredBy: ({ statusCode, body }: FirstAnswer) => statusCode === 200 && body.includes('"ignored":1'),
  },
  refused: {
    event: () => functionUrlEvent(segmentEvent('wanted'), 'not the shared secret'),
    isAnsweredBy: ({ statusCode }: FirstAnswer) => statusCode === 401,
  },
} as const;

type RequestName = keyof typeof requests;

/** First answers of fresh processes: medians in milliseconds. */
export interface ColdAnswer {
  /** From the start of the import to the answer. */
  readonly receiverMs: number;
  readonly baselineMs: number;
}

/** First answers to each kind of request, and what happens before. */
export interface ColdAnswers extends Readonly<Record<RequestName, ColdAnswer>> {
  /** From the start of the process to that of the import: medians in milliseconds. */
  readonly nodeStart: ColdAnswer;
}

/** A bundle that answers first requests, and its environment. */
export interface ColdSubject {
  readonly bundle: Bundle;
  readonly environment: Readonly<Record<string, string>>;
}

/** What {@link measureColdAnswers} needs. */
export interface ColdOptions {
  readonly subjects: Readonly<Record<'receiver' | 'baseline', ColdSubject>>;
  /** Of the process that answers. */
  readonly program: string;
  /** Where the events are written. */
  readonly directory: string;
  readonly progress: (line: string) => void;
}

/** Has fresh processes answer their first request, in turns. */
export async function measureColdAnswers(options: ColdOptions): Promise<ColdAnswers> {
  const { subjects, progress } = options;
  const starts: Record<keyof typeof subjects, number[]> = { receiver: [], baseline: [] };
  const measure = async (request: RequestName): Promise<ColdAnswer> => {
    progress(`first answers of fresh processes, ${rounds} rounds: ${request}`);
    const answerOnce = (subject: ColdSubject): Promise<FirstAnswer> => firstAnswer(options, subject, request);
    // The first of each reads its file from the disk.
    await inTurns(subjects, 1, answerOnce);
    const answers = await inTurns(subjects, rounds, answerOnce);
    starts.receiver.push(...answers.receiver.map(({ nodeStartMs }) => nodeStartMs));
    starts.baseline.push(...answers.baseline.map(({ nodeStartMs }) => nodeStartMs));
    return coldAnswer(mapValues(answers, (some) => some.map(({ answeredMs }) => answeredMs)));
  };
  return {
    wanted: await measure('wanted'),
    unwanted: await measure('unwanted'),
    refused: await measure('refused'),
    nodeStart: coldAnswer(starts),
  };
}

function coldAnswer(times: Readonly<Record<'receiver' | 'baseline', readonly number[]>>): ColdAnswer {
  return { receiverMs: median(times.receiver), baselineMs: median(times.baseline) };
}

async function firstAnswer(
  { program, directory }: ColdOptions,
  { bundle, environment }: ColdSubject,
  request: RequestName,
): Promise<FirstAnswer> {
  const { event, isAnsweredBy } = requests[request];
  const eventFile = join(directory, 'first-event.json');
  writeFileSync(eventFile, JSON.stringify(event()));
  const child = fork(program, [bundle.file, eventFile], {
    env: environment,
    execArgv: [...nodeFlags(memoryMb)],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const report = await Promise.race([
    once(child, 'message').then(([message]) => message as ColdProcessReport),
    // Unlike its exit, this comes after all that it said.
    once(child, 'disconnect').then(() => undefined),
  ]);
  await exited;
  if (report?.type !== 'answered') {
    throw new LabError(`${bundle.file} gave no first answer: ${report?.message ?? 'its process ended'}`);
  }
  if (!isAnsweredBy(report)) {
    const { statusCode, body } = report;
    throw new LabError(
      `${bundle.file}: the first answer to an event that is ${request} was ${statusCode} ${body}`,
    );
  }
  return report;
}
