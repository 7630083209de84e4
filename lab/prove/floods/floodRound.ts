import { seededRandom } from '../../../simulators/mavera/seededRandom.ts';
import type { FloodKind, FloodWorld } from './floodKind.ts';
import type { Answer } from './rawRequest.ts';

/** What was sent of one kind so far, and in which spans of time. */
export interface FloodRecord {
  readonly kind: FloodKind;
  readonly answers: Map<Answer, number>;
  readonly spans: { readonly fromMs: number; readonly toMs: number }[];
  /** Requests, or deliveries with their retries. */
  sent: number;
}

/** The size of one flood. */
export interface FloodExtent {
  /** How long after the first request further requests may begin. */
  readonly forMs: number;
  readonly atMost: number;
  readonly seed: number;
}

/** Sends at least one request of a kind, and never more at a time than the kind allows. */
export async function flood(record: FloodRecord, world: FloodWorld, extent: FloodExtent): Promise<void> {
  const { kind } = record;
  const fromMs = Date.now();
  const random = seededRandom(extent.seed + record.sent);
  let left = extent.atMost;
  const send = async (): Promise<void> => {
    do {
      left -= 1;
      const turn = record.sent;
      record.sent += 1;
      for (const answer of await kind.send(world, turn, random)) {
        record.answers.set(answer, (record.answers.get(answer) ?? 0) + 1);
      }
    } while (left > 0 && Date.now() - fromMs < extent.forMs);
  };
  await Promise.all(Array.from({ length: Math.min(kind.atOnce, extent.atMost) }, send));
  record.spans.push({ fromMs, toMs: Date.now() });
}
