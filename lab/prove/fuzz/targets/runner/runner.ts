import * as fc from 'fast-check';
import * as z from 'zod';
import { Log } from '../../../../../functions/observability/log.ts';
import { type RunMessage, writeRunMessage } from '../../../../../functions/queue/runMessage.ts';
import { type HandledDelivery, handleDelivery } from '../../../../../functions/run/handleDelivery.ts';
import { logDelivery } from '../../../../../functions/run/logDelivery.ts';
import { explainReason } from '../../../../../functions/run/reasons.ts';
import { maveraJson } from '../../arbitraries/maveraJson.ts';
import { nested } from '../../arbitraries/oddValue.ts';
import { mustNotTell, personalCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold, type OpenTarget } from '../../fuzzTarget.ts';
import { startOddMavera } from '../../servers/oddMavera.ts';
import { anyMessageBody } from '../queueMessages.ts';
import { oddTriggers } from './oddTriggers.ts';
import { startEmulatedRunner } from './runnerOnEmulators.ts';

const answerSchema = z.strictObject({
  status: z.int(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
});

const schema = z.strictObject({
  /** A trigger of {@link oddTriggers}, or the whole body of a message. */
  message: z.union([z.strictObject({ trigger: z.string(), levels: z.int().nonnegative() }), z.string()]),
  answers: z.array(answerSchema),
  /** Whether the account's usage is known; otherwise the runner reads it from Mavera first. */
  isUsageKnown: z.boolean(),
  /** Deliveries of the message, an hour apart. */
  deliveries: z.int().min(1).max(4),
});

type RunnerInput = z.infer<typeof schema>;

const hourMs = 3_600_000;
const longestWaitMs = 15 * 86_400_000;
const outcomes: ReadonlySet<string> = new Set([
  'done',
  'failed',
  'skipped',
  'waiting',
  'repeated',
  'reported',
]);

const wealthy = { creditsRemaining: 5_000, creditsIncluded: 5_000, autoRecharge: true };

/** What every action can read. */
const useful = {
  id: 'a',
  thread_id: 'b',
  content: 'an answer',
  name: 'a name',
  status: 'completed',
  state: 'done',
  output: [{ content: [{ type: 'output_text', text: '{"a":1}' }] }],
  usage: { credits_used: 3 },
  credits: { remaining: 4_000 },
  data: [],
  messages: [],
};

const anAnswer = fc.record({
  status: fc.oneof(
    { weight: 6, arbitrary: fc.constant(200) },
    fc.constantFrom(0, 201, 204, 302, 400, 401, 402, 404, 422, 429, 500, 503),
  ),
  headers: fc.array(
    fc.constantFrom<[string, string]>(
      ['retry-after', '1e400'],
      ['retry-after', '1'],
      ['x-ratelimit-remaining', '0'],
      ['x-ratelimit-reset', '1800000030'],
    ),
    { maxLength: 2 },
  ),
  body: fc.oneof(
    { weight: 6, arbitrary: maveraJson.map((json) => JSON.stringify(json)) },
    { weight: 4, arbitrary: fc.constant(JSON.stringify(useful)) },
    fc.constantFrom(
      '',
      '<html>',
      `{"error":{"message":"${personalCanary}","code":"${personalCanary}"}}`,
      `"${personalCanary}`,
    ),
    fc
      .constantFrom(1_000, 20_000)
      .map((levels) =>
        JSON.stringify({ id: 'a', thread_id: 'b', content: 'c', sources: [] }).replace(
          '[]',
          '['.repeat(levels) + ']'.repeat(levels),
        ),
      ),
  ),
});

/** Deliveries of runs and of other messages, with a Mavera that may answer anything. */
export const runner: FuzzTarget<RunnerInput> = {
  name: 'runner',
  share: 15,
  schema,
  inputs: fc.record({
    message: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          trigger: fc.constantFrom(...oddTriggers.map(({ name }) => name), 'gone'),
          levels: fc.constantFrom(0, 0, 0, 450),
        }),
      },
      anyMessageBody.map(asSqsCarriesIt),
    ),
    answers: fc.array(anAnswer, { maxLength: 4 }),
    isUsageKnown: fc.boolean(),
    deliveries: fc.integer({ min: 1, max: 4 }),
  }),
  open: openRunner,
};

/** The same message several times, then those that report its result. */
function bodiesOf(
  message: RunnerInput['message'],
  deliveries: number,
  count: number,
  nowMs: number,
): string[] {
  if (typeof message === 'string') {
    return Array.from({ length: deliveries }, () => message);
  }
  const run = aRun(message, count, nowMs);
  const body = writeRunMessage(run);
  return [
    ...Array.from({ length: deliveries }, () => body),
    writeRunMessage({ ...run, report: { attempts: 0 } }),
    writeRunMessage({ ...run, version: 2, report: { attempts: 0, to: 'segops' } }),
  ];
}

/** SQS refuses an empty message, and one with other characters. */
function asSqsCarriesIt(body: string): string {
  return body.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '?') || '-';
}

async function openRunner(): Promise<OpenTarget<RunnerInput>> {
  const mavera = await startOddMavera();
  let nowMs = 1_800_000_000_000;
  const now = (): number => nowMs;
  const lines: string[] = [];
  const log = new Log({ service: 'runner', namespace: 'Fuzz', now, write: (line) => lines.push(line) });
  const started = await startEmulatedRunner({
    triggers: oddTriggers,
    baseUrl: mavera.baseUrl,
    now,
    onTrouble: (what, error) => log.warn(what, error),
  });
  const { dependencies } = started;
  let runs = 0;
  return {
    check: async ({ message, answers, isUsageKnown, deliveries }) => {
      runs += 1;
      lines.length = 0;
      mavera.answerWith(answers);
      await started.forget();
      if (isUsageKnown) {
        await dependencies.usage.write(wealthy, nowMs);
      }
      const words = new Set<string>();
      for (const [index, body] of bodiesOf(message, deliveries, runs, nowMs).entries()) {
        const begun = { atMs: nowMs, requests: dependencies.gate.requestsTo('mavera') };
        const delivery = { body, receiveCount: index + 1, remainingMs: 60_000 };
        const report = await handleDelivery(delivery, dependencies);
        logDelivery(log, report, begun, { atMs: nowMs, requests: dependencies.gate.requestsTo('mavera') });
        judgeReport(report, typeof message === 'string');
        words.add(report.outcome);
        nowMs += hourMs;
      }
      mustNotTell('the log', lines.join(''));
      return [...words].join(', ');
    },
    close: async () => {
      await started.stop();
      await mavera.stop();
    },
  };
}

/** @param isForged whether its times may have any value */
function judgeReport(
  { outcome, reason, waitMs = 0, creditsUsed = 0 }: HandledDelivery,
  isForged: boolean,
): void {
  mustHold(outcomes.has(outcome), `a delivery came to ${outcome}`);
  const hasReason = outcome === 'done' || outcome === 'reported' || reason !== undefined;
  mustHold(hasReason, `a run is ${outcome} for no reason`);
  mustHold(reason === undefined || explainReason(reason) !== reason, `nobody can explain ${reason}`);
  mustHold(waitMs >= 0 && waitMs <= (isForged ? 8.64e15 : longestWaitMs), `it waits for ${waitMs} ms`);
  mustHold(creditsUsed >= 0 && Number.isFinite(creditsUsed), `it has cost ${creditsUsed} credits`);
}

function aRun(
  { trigger, levels }: Exclude<RunnerInput['message'], string>,
  count: number,
  nowMs: number,
): RunMessage {
  return {
    version: 1,
    runId: count.toString(16).padStart(40, '0'),
    trigger,
    source: 'segment',
    route: 'default',
    messageId: `${personalCanary}-${count}`,
    receivedAtMs: nowMs,
    deadlineAtMs: nowMs + 4 * 24 * hourMs,
    event: {
      type: 'track',
      userId: `${personalCanary}-${count}`,
      properties: { deep: nested(levels), long: levels === 0 ? '' : 'x'.repeat(300_000) },
      traits: { email: personalCanary },
      context: { ip: personalCanary },
      integrations: {},
    },
  };
}
