import * as z from 'zod';
import type { PostOutcome } from '../../simulators/http/post.ts';
import type { FunctionLogLine } from '../lambda/functionLog.ts';
import type { ReceiverTotals } from './expectation.ts';

const requestLine = z.object({
  message: z.literal('request'),
  triggers: z.record(z.string(), z.object({ queued: z.number(), duplicates: z.number() })).optional(),
});

const runLine = z.object({
  message: z.literal('run'),
  runId: z.string().optional(),
  trigger: z.string(),
  isReport: z.literal(true).optional(),
  outcome: z.string(),
  mavera: z.object({ kind: z.string() }).optional(),
});

/** A result, or the notice of a run that waits for a person. */
const resultMessage = z.object({
  trigger: z.string(),
  state: z.string(),
  creditsUsed: z.number().default(0),
});

const acceptedAnswer = z.object({
  received: z.number(),
  queued: z.number(),
  duplicates: z.number(),
  ignored: z.number(),
  invalid: z.number(),
});

/** The observed totals of one trigger. */
export interface ObservedTrigger {
  queued: number;
  duplicates: number;
  /** Runs that had a delivery. */
  readonly runIds: Set<string>;
  /** Calls that the runner made to Mavera. */
  called: number;
  /** Runs whose result on the topic is an answer. */
  answered: number;
  /** Runs that were not done on purpose, such as those that `only` does not want. */
  skipped: number;
  failed: number;
  creditsUsed: number;
}

/** Counts what a scenario shows outside: answers, log lines and published results. */
export class Observation {
  readonly totals: ReceiverTotals = {
    received: 0,
    queued: 0,
    duplicates: 0,
    ignored: 0,
    invalid: 0,
    refused: 0,
  };
  readonly #byTrigger = new Map<string, ObservedTrigger>();

  of(trigger: string): ObservedTrigger {
    const observed = this.#byTrigger.get(trigger) ?? {
      queued: 0,
      duplicates: 0,
      runIds: new Set<string>(),
      called: 0,
      answered: 0,
      skipped: 0,
      failed: 0,
      creditsUsed: 0,
    };
    this.#byTrigger.set(trigger, observed);
    return observed;
  }

  /** Counts the receiver's answer to a request with so many events. */
  readonly seeAnswer = ({ answer }: PostOutcome, events: number): void => {
    const accepted = acceptedAnswer.safeParse(answer);
    if (accepted.success) {
      for (const [name, count] of Object.entries(accepted.data)) {
        this.totals[name as keyof ReceiverTotals] += count;
      }
    } else {
      this.totals.received += events;
      this.totals.refused += events;
    }
  };

  /** Counts a log line of a function. */
  readonly seeLog = ({ record }: FunctionLogLine): void => {
    const request = requestLine.safeParse(record);
    for (const [name, counts] of Object.entries(request.data?.triggers ?? {})) {
      this.of(name).queued += counts.queued;
      this.of(name).duplicates += counts.duplicates;
    }
    const run = runLine.safeParse(record);
    if (run.success && run.data.isReport === undefined) {
      const { trigger, runId, mavera } = run.data;
      const observed = this.of(trigger);
      observed.called += mavera === undefined ? 0 : 1;
      if (runId !== undefined) {
        observed.runIds.add(runId);
      }
    }
  };

  /** Counts a message of the results topic, by its body. */
  readonly seeResult = (body: string): void => {
    const { data: result } = resultMessage.safeParse(JSON.parse(body));
    // The topic also tells of pulls that have ended.
    if (result === undefined || result.state === 'waiting') {
      return;
    }
    const { trigger, state, creditsUsed } = result;
    const observed = this.of(trigger);
    observed[state === 'done' ? 'answered' : state === 'skipped' ? 'skipped' : 'failed'] += 1;
    observed.creditsUsed += creditsUsed;
  };
}
