import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { ownPeakBytes } from '../../memory/processMemory.ts';
import type { AwsCalls } from './awsCalls.ts';
import { invokeEach, processClock } from './invokeEach.ts';
import { lambdaContext } from './lambdaContext.ts';
import type { Answer, BenchedHandler } from './loadHandler.ts';
import type { LogBytes } from './logBytes.ts';
import type { Invocations, InvokeOrder } from './messages.ts';

const heapLookMs = 10;

/** What is counted besides the answers. */
export interface Meters {
  readonly calls: AwsCalls;
  readonly log: LogBytes;
}

/** Invokes a handler with each event of a file, one at a time as Lambda does, and measures all together. */
export async function invokeAll(
  handler: BenchedHandler,
  { eventsFile, meter, everyMs }: InvokeOrder,
  { calls, log }: Meters,
): Promise<Invocations> {
  const events: unknown[] = readFileSync(eventsFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  // So that the garbage of an earlier order is not counted.
  globalThis.gc?.();
  calls.reset(meter);
  log.reset(meter);
  const heap = watchHeap();
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  const invoke = (event: unknown): Promise<Answer> => handler(event, lambdaContext(randomUUID()));
  const { answers, ...timing } = await invokeEach(invoke, events, processClock, everyMs);
  const wallMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuMs: (user + system) / 1000,
    wallMs,
    ...timing,
    calls: calls.calls,
    billed: calls.billed,
    logBytes: log.bytes,
    peakRssBytes: ownPeakBytes(),
    peakHeapBytes: heap.stop(),
    ...tally(answers),
  };
}

function tally(
  answers: readonly Answer[],
): Pick<Invocations, 'queued' | 'duplicates' | 'ignored' | 'refusals'> {
  const counts = { queued: 0, duplicates: 0, ignored: 0 };
  const refusals: string[] = [];
  for (const { statusCode, body } of answers) {
    if (statusCode === 200) {
      const { queued, duplicates, ignored } = JSON.parse(body) as typeof counts;
      counts.queued += queued;
      counts.duplicates += duplicates;
      counts.ignored += ignored;
    } else {
      refusals.push(`${statusCode} ${body}`);
    }
  }
  return { ...counts, refusals };
}

function watchHeap(): { stop(): number } {
  let peakBytes = 0;
  const look = (): void => {
    peakBytes = Math.max(peakBytes, getHeapStatistics().used_heap_size);
  };
  const timer = setInterval(look, heapLookMs);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peakBytes;
    },
  };
}
