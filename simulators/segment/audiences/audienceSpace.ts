import { randomBytes } from 'node:crypto';
import { SlidingWindow } from '../../http/slidingWindow.ts';
import { type ApiReply, tooManyRequests } from '../workspace/apiReply.ts';
import { type Audience, sizeTypeOf } from './audience.ts';

const minuteMs = 60_000;
/** Source: Segment, "Public API", OpenAPI 73. GUESS: that they are those of a space. */
const callsPerMinute = { lists: 60, reads: 100, previews: 5, previewReads: 300 } as const;
/** Source: the same. GUESS: that months are those of the calendar, in UTC. */
const previewsPerMonth = 700;
/** GUESS: "a sample". */
const sampledMembers = 200;

export type AudienceCallKind = keyof typeof callsPerMinute;

/** What is previewed. */
export interface PreviewWanted {
  readonly definition: { readonly query: string };
  readonly audienceType: Audience['audienceType'];
}

interface Preview extends PreviewWanted {
  readonly id: string;
  readonly completedAtMs: number;
}

/** The audiences of a space, its previews, and its limits. */
export class AudienceSpace {
  audiences: readonly Audience[];
  /** Previews that were started. */
  previewsStarted = 0;
  readonly #previewMs: number;
  readonly #previews = new Map<string, Preview>();
  readonly #windows = new Map<AudienceCallKind, SlidingWindow>();
  #month = { name: '', previews: 0 };

  constructor(audiences: readonly Audience[], previewMs: number) {
    this.audiences = audiences;
    this.#previewMs = previewMs;
  }

  /** The refusal of a call that is over its limit; otherwise the call counts. */
  refusal(kind: AudienceCallKind, nowMs: number): ApiReply | undefined {
    const window = this.#windows.get(kind) ?? new SlidingWindow(callsPerMinute[kind], minuteMs);
    this.#windows.set(kind, window);
    const { admitted, resetAtMs } = window.admit(nowMs);
    return admitted ? undefined : tooManyRequests(resetAtMs - nowMs);
  }

  /** Starts a preview. @returns the refusal of one that the month does not allow any more */
  preview(wanted: PreviewWanted, nowMs: number): Preview | ApiReply {
    const month = new Date(nowMs).toISOString().slice(0, 7);
    const previews = (this.#month.name === month ? this.#month.previews : 0) + 1;
    if (previews > previewsPerMonth) {
      const next = new Date(nowMs);
      return tooManyRequests(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1) - nowMs);
    }
    this.#month = { name: month, previews };
    this.previewsStarted += 1;
    const id = `prv_${randomBytes(12).toString('hex')}`;
    const preview = { ...wanted, id, completedAtMs: nowMs + this.#previewMs };
    this.#previews.set(id, preview);
    return preview;
  }

  findPreview(id: string): Preview | undefined {
    return this.#previews.get(id);
  }

  /**
   * How the Public API shows a preview. The stand-in evaluates no query: it finds the members of the audience that has the
   * same one, and nobody for any other.
   */
  shownPreview({ id, definition, audienceType, completedAtMs }: Preview, nowMs: number): object {
    const about = { id, definition, audienceType };
    if (nowMs < completedAtMs) {
      return { ...about, status: 'RUNNING' };
    }
    const found = this.audiences.find((one) => one.query === definition.query);
    const members = found?.members ?? [];
    return {
      ...about,
      status: 'COMPLETED',
      size: { count: found?.size ?? members.length, type: sizeTypeOf({ audienceType }) },
      results: members.slice(0, sampledMembers).map((member) => ({ id: member })),
    };
  }
}
