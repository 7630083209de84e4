import { notFound } from './problem.ts';
import type { SegOpsSegment } from './segment.ts';
import type { TrackedEvent } from './trackedEvent.ts';

/** A webhook of the account. */
export interface SegOpsWebhook {
  readonly url: string;
  /** Without it, posts are not signed. */
  readonly secret?: string;
  /** @default true */
  readonly isActive?: boolean;
}

/** Source: SegOps documentation: the answer of a membership is kept for 5 minutes. */
const membershipKeptMs = 5 * 60_000;

/** The state of a simulated account. */
export class SegOpsAccount {
  readonly tenant: string;
  /** Every event that was queued, in the order of arrival; one that was sent twice is there twice. */
  readonly events: TrackedEvent[] = [];
  readonly webhooks: SegOpsWebhook[];
  /** How many events validation has dropped. */
  skipped = 0;
  readonly #segments: Map<number, SegOpsSegment>;
  readonly #memberships = new Map<string, { readonly ids: readonly number[]; readonly untilMs: number }>();
  readonly #now: () => number;

  constructor(
    tenant: string,
    segments: readonly SegOpsSegment[],
    webhooks: readonly SegOpsWebhook[],
    now: () => number,
  ) {
    this.tenant = tenant;
    this.webhooks = [...webhooks];
    this.#segments = new Map(segments.map((segment) => [segment.id, segment]));
    this.#now = now;
  }

  segments(): readonly SegOpsSegment[] {
    return [...this.#segments.values()];
  }

  /** @throws Refusal 404 */
  segment(id: number): SegOpsSegment {
    const found = this.#segments.get(id);
    if (found === undefined) {
      throw notFound();
    }
    return found;
  }

  /** The segments of a user, and whether this is an earlier answer. GUESS: a user that SegOps never saw is in none. */
  membership(userId: string): { readonly ids: readonly number[]; readonly isCached: boolean } {
    const nowMs = this.#now();
    const kept = this.#memberships.get(userId);
    if (kept !== undefined && kept.untilMs > nowMs) {
      return { ids: kept.ids, isCached: true };
    }
    const ids = this.segments().flatMap(({ id, members }) => (members.includes(userId) ? [id] : []));
    this.#memberships.set(userId, { ids, untilMs: nowMs + membershipKeptMs });
    return { ids, isCached: false };
  }

  /** Computes a segment again; its members stay, or become others. @throws Refusal 404 */
  recompute(id: number, members?: readonly string[]): SegOpsSegment {
    const segment = this.segment(id);
    const computed = {
      ...segment,
      members: members ?? segment.members,
      lastComputedAtMs: this.#now(),
    };
    this.#segments.set(id, computed);
    return computed;
  }
}
