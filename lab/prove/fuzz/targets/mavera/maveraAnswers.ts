import * as fc from 'fast-check';
import * as z from 'zod';
import { readAccountUsage } from '../../../../../functions/mavera/accountUsage.ts';
import {
  type ActionPerformer,
  OutputInvalidError,
} from '../../../../../functions/mavera/actions/actionPerformer.ts';
import { performerOf } from '../../../../../functions/mavera/actions/actionPerformers.ts';
import type { LostCall } from '../../../../../functions/mavera/recovery/recovery.ts';
import { intervalMsFor, limitOf } from '../../../../../functions/run/gates/paceGate.ts';
import { prepareRequest } from '../../../../../functions/run/prepareRequest.ts';
import { decideRetry } from '../../../../../functions/run/retryDecision.ts';
import { isSchemaError } from '../../../../../functions/schema/schemaError.ts';
import { readResponse } from '../../../../../functions/systems/readResponse.ts';
import { systems } from '../../../../../functions/systems/systems.ts';
import type { Action } from '../../../../../functions/triggers/actions.ts';
import { brokenText } from '../../arbitraries/brokenText.ts';
import { anyText } from '../../arbitraries/json.ts';
import { maveraJson } from '../../arbitraries/maveraJson.ts';
import { anyDepth } from '../../arbitraries/oddValue.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';
import { actionsToTry } from './actionsToTry.ts';
import { isForLedger, judgeRequest, judgeResult } from './judgeResult.ts';
import { searchMavera } from './searchMavera.ts';

const schema = z.strictObject({
  action: z.string(),
  status: z.int(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** Bodies of the answers, one for each request. */
  bodies: z.array(z.string()).min(1),
  /** How deep a list is nested that replaces the first body's sources; 0 for none. */
  nested: z.int().nonnegative(),
});

type AnswersInput = z.infer<typeof schema>;

const nowMs = 1_800_000_000_000;
const lost = { runId: 'a'.repeat(40), startedAtMs: nowMs };
const longestWaitMs = 60 * 60_000;
/** Pages of a list, then the threads that are read. */
const mostReads = 100 + 20;

const seconds = fc.oneof(
  fc.constantFrom(
    '0',
    '-1',
    '1e400',
    'NaN',
    'Infinity',
    '0x10',
    '',
    ' ',
    '1,5',
    '99999999999999999999',
    '1799999999',
    '1800000030',
  ),
  fc.constantFrom(
    'Wed, 21 Oct 2015 07:28:00 GMT',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    'soon',
    'Mon',
    '+275760-09-13',
  ),
  fc.string({ maxLength: 8 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
);
const header = fc.tuple(
  fc.constantFrom('retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'x-ratelimit-limit'),
  seconds,
);
const json = maveraJson.map((value) => JSON.stringify(value));

/** Answers of Mavera, for everything that reads one. */
export const maveraAnswers: FuzzTarget<AnswersInput> = {
  name: 'mavera-answers',
  share: 8,
  schema,
  inputs: fc.record({
    action: fc.constantFrom(...Object.keys(actionsToTry)),
    status: fc.oneof(
      { weight: 5, arbitrary: fc.constant(200) },
      fc.constantFrom(201, 204, 301, 304, 400, 401, 402, 404, 409, 429, 500, 503),
      fc.integer({ min: 200, max: 599 }),
    ),
    headers: fc.array(header, { maxLength: 3 }),
    bodies: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: json },
        brokenText(json, anyText),
        fc.constantFrom('', 'null', '<!doctype html><html>', '\ufeff{}'),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    nested: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, anyDepth),
  }),
  open: async () => ({ check, close: async () => undefined }),
};

async function check(input: AnswersInput): Promise<string> {
  const { status, headers, bodies, nested } = input;
  const [first = ''] = bodies;
  const body =
    nested === 0
      ? first
      : `{"id":"a","thread_id":"b","content":"c","sources":${'['.repeat(nested)}${']'.repeat(nested)}}`;
  const answer = readResponse(systems.mavera, { status, headers: headersOf(headers), body }, false, nowMs);
  if ('rateLimit' in answer && answer.rateLimit !== undefined) {
    const { remaining, resetAtMs = nowMs } = answer.rateLimit;
    mustHold(remaining >= 0 && Number.isFinite(remaining), `it reads that ${remaining} requests are left`);
    mustHold(resetAtMs >= nowMs && resetAtMs <= nowMs + longestWaitMs, `it would wait until ${resetAtMs}`);
  }
  if (answer.kind !== 'answered') {
    if (answer.kind === 'refused') {
      const { code, message, retryAfterMs = 0 } = answer.error;
      mustHold(code.length <= 200 && message.length <= 500, 'the error is not cut');
      mustHold(code.isWellFormed() && message.isWellFormed(), 'the error has half a character');
      mustHold(retryAfterMs >= 0 && retryAfterMs <= longestWaitMs, `it would wait for ${retryAfterMs} ms`);
    }
    const decision = decideRetry(answer, { attempts: 2, maxAttempts: 3, random: () => 0.999 });
    const delayMs = decision.kind === 'wait' ? decision.delayMs : 0;
    mustHold(delayMs >= 0 && delayMs <= longestWaitMs, `it would wait for ${delayMs} ms`);
    return answer.kind;
  }
  readUsage(answer.json);
  return await readAnswer(input, answer.json);
}

/** `fetch` refuses invalid headers before. */
function headersOf(headers: AnswersInput['headers']): Headers {
  return new Headers(headers.map(([name, value]): [string, string] => [name, value.trim()]));
}

function readUsage(answer: unknown): void {
  const usage = orSchemaError(() => readAccountUsage(answer));
  if (usage === undefined) {
    return;
  }
  const { creditsRemaining, creditsIncluded, requestsPerMinute = 60 } = usage;
  for (const value of [creditsRemaining, creditsIncluded, requestsPerMinute]) {
    mustHold(isForLedger(value), `the ledger does not take ${value} of the account's usage`);
  }
  const intervalMs = intervalMsFor(limitOf(60, usage));
  mustHold(intervalMs > 0 && intervalMs <= longestWaitMs, `a slot would come each ${intervalMs} ms`);
}

async function readAnswer({ action: name, bodies }: AnswersInput, answer: unknown): Promise<string> {
  const action = actionsToTry[name];
  const performer = action === undefined ? undefined : performerOf(action);
  mustHold(action !== undefined && performer !== undefined, `there is no action "${name}"`);
  const read = orSchemaError(() => performer.readAnswer(answer, action));
  if (read !== undefined) {
    judgeResult(performer, action, read);
  }
  const state = orSchemaError(() => performer.pending?.read(answer, action));
  if (state?.kind === 'done') {
    judgeResult(performer, action, state.result);
  }
  const event = { type: 'track', properties: {}, traits: {}, context: {}, integrations: {} } as const;
  const prepared = prepareRequest(
    { name: 'a', when: '', run: action },
    { runId: lost.runId, events: [event] },
  );
  mustHold(prepared.ok, 'a request that is right is not taken');
  const found = await recover(performer, action, { ...lost, request: prepared.request }, bodies);
  return `${read === undefined ? 'of no use' : 'read'}, ${found}`;
}

/** Searches Mavera, which answers each read with the next body. */
async function recover(
  performer: ActionPerformer,
  action: Action,
  call: LostCall,
  answers: readonly string[],
): Promise<string> {
  if (performer.recovery === undefined) {
    return 'not searched';
  }
  let reads = 0;
  const read = async (path: string): Promise<unknown> => {
    judgeRequest({ method: 'GET', path });
    reads += 1;
    mustHold(reads <= mostReads, 'it reads on and on');
    return parsed(answers[reads % answers.length] ?? '');
  };
  try {
    const end = await searchMavera(performer.recovery, call, read);
    if (end.kind === 'found' || end.kind === 'pending') {
      judgeResult(performer, action, end.kind === 'found' ? end.result : end);
    }
    return end.kind;
  } catch (error) {
    if (isSchemaError(error)) {
      return 'not known';
    }
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function orSchemaError<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isSchemaError(error) || error instanceof OutputInvalidError) {
      return undefined;
    }
    throw error;
  }
}
