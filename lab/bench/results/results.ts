import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { LabError } from '../../labError.ts';
import type { Machine } from '../../machine.ts';
import type { Measurements } from '../measure/measurements.ts';

/** What a whole run found, as it is kept in `lab/bench/results.json`. */
export interface Results {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly machine: Machine;
  readonly measurements: Measurements;
}

/** Where they are kept, from the root of the project. */
export const resultsFile = 'lab/bench/results.json';

const figure = z.number().nonnegative();
/** JSON has no infinity: the time of what never came. */
const time = figure.nullable().transform((value) => value ?? Number.POSITIVE_INFINITY);

const effort = z.strictObject({ cpuMs: figure, wallMs: figure, calls: figure });
const eventCost = effort.extend({
  requests: figure,
  billedMs: figure,
  billed: z.strictObject({ writeUnits: figure, queueRequests: figure }),
  messages: figure,
  logBytes: figure,
});
const eventCosts = z.strictObject({
  single: eventCost,
  batch: eventCost,
  rare: eventCost,
  rareBatch: eventCost,
  ignored: eventCost,
  ignoredBatch: eventCost,
});
const largestBatch = z.strictObject({
  wallMs: time,
  peakRssBytes: figure,
  peakHeapBytes: figure,
  cpuMs: figure,
  calls: figure,
});
const latency = z.strictObject({ p50Ms: figure, p99Ms: figure, worstMs: figure, requests: figure });
const openLoad = z.strictObject({
  everyMs: figure,
  of: z.strictObject({ receiver: latency, baseline: latency }),
});
const coldAnswer = z.strictObject({ receiverMs: figure, baselineMs: figure });
const byLedger = z.strictObject({ few: effort, many: effort });

const paceAccuracy = z.strictObject({
  calls: figure,
  seconds: figure,
  mostInWindow: figure,
  limit: figure,
  refused: figure,
  shareUsed: figure,
});
const wayToCall = z.strictObject({ p50Ms: figure, deliveries: figure });

const resultsSchema = z.strictObject({
  measuredAt: z.iso.datetime(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: figure,
    memoryBytes: figure,
    node: z.string(),
    platform: z.string(),
    loadBefore: figure,
  }),
  measurements: z.strictObject({
    start: z.strictObject({
      bundleBytes: z.strictObject({
        receiver: figure,
        receiverForAllSources: figure.optional(),
        baseline: figure,
        baselineOnRuntimeSdk: figure,
      }),
      importTimes: z.strictObject({
        receiverMs: figure,
        receiverForAllSourcesMs: figure.optional(),
        baselineMs: figure,
        baselineOnRuntimeSdkMs: figure,
        emptyMs: figure,
      }),
    }),
    cold: z
      .strictObject({ wanted: coldAnswer, unwanted: coldAnswer, refused: coldAnswer, nodeStart: coldAnswer })
      .optional(),
    events: z.strictObject({ receiver: eventCosts, baseline: eventCosts, putAndSend: eventCosts }),
    largest: z.strictObject({ receiver: largestBatch, baseline: largestBatch }),
    latency: z.strictObject({ single: openLoad, batch: openLoad }),
    ledger: z.strictObject({ single: byLedger, batch: byLedger, duplicate: byLedger }),
    pace: paceAccuracy,
    parking: paceAccuracy.extend({ runs: figure, deliveries: figure }),
    fairness: z.strictObject({
      others: figure,
      sentAfterSeconds: figure,
      startedAfterSeconds: figure,
      refused: figure,
    }),
    admission: z.strictObject({ events: figure, admitted: wayToCall, oneQueue: wayToCall }),
    bill: z.strictObject({
      runs: figure,
      writeUnits: figure,
      readUnits: figure,
      queueRequests: figure,
      deliveries: figure,
    }),
    overlap: z.strictObject({
      mappings: figure,
      copies: figure,
      events: figure,
      refused: figure,
      queuedTwice: figure,
    }),
    contacts: z
      .strictObject({
        rows: figure,
        fileBytes: figure,
        passes: figure,
        wallMs: figure,
        plainMs: figure,
        peakRssBytes: figure,
        groups: figure,
      })
      .optional(),
  }),
}) satisfies z.ZodType<Results>;

/**
 * Reads the results of a whole run.
 *
 * @throws LabError when the file is not what such a run wrote
 */
export function parseResults(text: string): Results {
  const parsed = resultsSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new LabError(
      `lab/bench/results.json: ${where === '' ? '' : `${where}: `}${issue?.message ?? 'not valid'}: measure again with \`npm run bench -- --write\``,
    );
  }
  return parsed.data;
}

/** The results as they are kept. */
export function formatResults(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** @throws LabError when there is no such file, or it is not what a whole run wrote */
export function readResults(file: string): Results {
  return parseResults(textOf(file));
}

/** Keeps them. */
export function writeResults(file: string, results: Results): void {
  writeFileSync(file, formatResults(results));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LabError(`${file} cannot be read: measure first with \`npm run bench -- --write\``, {
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LabError('lab/bench/results.json is not JSON: measure again with `npm run bench -- --write`', {
      cause,
    });
  }
}
