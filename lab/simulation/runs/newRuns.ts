import { createHash } from 'node:crypto';
import type { RunMessage } from '../../../functions/queue/runMessage.ts';

const deadlineMs = 4 * 86_400_000;
/** Properties as customers send them, which hardly repeat: a message has 2 KB with them. */
const fillerCharacters = 1_350;

/**
 * Run number `index` of a trigger. Its id ends in that number, so that items of imported runs are found by their key.
 */
export function newRun(trigger: string, index: number, receivedAtMs: number): RunMessage {
  return {
    version: 1,
    runId: runId(trigger, index),
    trigger,
    source: 'segment',
    route: 'default',
    messageId: `ajs-next-${index}-${trigger}`,
    receivedAtMs,
    deadlineAtMs: receivedAtMs + deadlineMs,
    event: {
      type: 'track',
      event: 'churn_signal',
      userId: subjectOf(trigger, index),
      properties: { signal_type: 'billing page', plan: 'pro', notes: filler(index) },
      traits: {},
      context: { timezone: 'Europe/Amsterdam', locale: 'nl-NL' },
      integrations: {},
    },
  };
}

/** What the request of a run is about: no other run has the same. */
export function subjectOf(trigger: string, index: number): string {
  return `${trigger}-${index}`;
}

/** 40 hex characters; the last eight are the number of the run. */
export function runId(trigger: string, index: number): string {
  const digest = createHash('sha1').update(`${trigger} ${index}`).digest('hex').slice(0, 32);
  return `${digest}${index.toString(16).padStart(8, '0')}`;
}

export function indexOfRunId(id: string): number {
  return Number.parseInt(id.slice(-8), 16);
}

const texts = Array.from({ length: 64 }, (_none, index) =>
  createHash('sha512').update(`filler ${index}`).digest('base64').slice(0, 80),
);

function filler(index: number): string {
  const count = Math.ceil(fillerCharacters / 80);
  return Array.from({ length: count }, (_none, part) => texts[(index * 7 + part * 11) % texts.length]).join(
    ' ',
  );
}
