import * as z from 'zod';
import type { DeliveryAttempt } from '../../simulators/segment/attemptDelivery.ts';
import { isBatch } from '../../simulators/segment/payload.ts';
import type { FunctionLogLine } from '../lambda/functionLog.ts';
import type { ReceiverTotals } from './expectation.ts';

const requestLine = z.object({
  message: z.literal('request'),
  triggers: z.record(z.string(), z.object({ queued: z.number(), duplicates: z.number() })).optional(),
});

const runLine = z.object({
  message: z.literal('run'),
  trigger: z.string(),
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
  /** Calls that the runner made to Mavera. */
  called: number;
  /** Runs whose result on the topic is an answer. */
  answered: number;
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
  readonly statuses = new Map<number | undefined, number>();
  readonly #byTrigger = new Map<string, ObservedTrigger>();

  of(trigger: string): ObservedTrigger {
    const observed = this.#byTrigger.get(trigger) ?? {
      queued: 0,
      duplicates: 0,
      called: 0,
      answered: 0,
      failed: 0,
      creditsUsed: 0,
    };
    this.#byTrigger.set(trigger, observed);
    return observed;
  }

  /** Counts the receiver's answer to a request. */
  readonly seeAttempt = ({ payload, status, answer }: DeliveryAttempt): void => {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const accepted = acceptedAnswer.safeParse(answer);
    if (accepted.success) {
      for (const [name, count] of Object.entries(accepted.data)) {
        this.totals[name as keyof ReceiverTotals] += count;
      }
    } else {
      const events = isBatch(payload) ? payload.length : 1;
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
    if (run.success && run.data.mavera !== undefined) {
      this.of(run.data.trigger).called += 1;
    }
  };

  /** Counts a message of the results topic, by its body. */
  readonly seeResult = (body: string): void => {
    const { trigger, state, creditsUsed } = resultMessage.parse(JSON.parse(body));
    if (state === 'waiting') {
      return;
    }
    const observed = this.of(trigger);
    observed[state === 'done' ? 'answered' : 'failed'] += 1;
    observed.creditsUsed += creditsUsed;
  };
}
