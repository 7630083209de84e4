import { discuss, type FocusGroupResults } from './focusGroupResults.ts';
import type { Participant } from './participants.ts';

/** GUESS: the spelling, by analogy with video analyses (`pending | generating | completed | failed`). */
export type FocusGroupStatus = 'pending' | 'processing' | 'completed' | 'failed';

/** A focus group in the account; its status follows from the time. */
export interface FocusGroup {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly participants: readonly Participant[];
  readonly questions: readonly string[];
  readonly creditsUsed: number;
  /** Whether it ends as failed instead of completed. */
  readonly isFailing: boolean;
  readonly createdAtMs: number;
  readonly endsAtMs: number;
}

/** The `focus_group` object of the list. */
export interface FocusGroupObject {
  readonly id: string;
  readonly object: 'focus_group';
  readonly name: string;
  readonly status: FocusGroupStatus;
  readonly workspace_id: string;
  /** Unix seconds. */
  readonly created_at: number;
  /** Unix seconds; `null` until it is completed or has failed. */
  readonly completed_at: number | null;
}

/** The `focus_group` object of one focus group, with its results. */
export interface FocusGroupDetails extends FocusGroupObject {
  /** When completed. */
  readonly results?: FocusGroupResults;
  /** When completed or failed. GUESS: the credits of a failed one are not given back. */
  readonly usage?: { readonly credits_used: number };
  /** When failed: a sentence. An object would be the envelope of an error. */
  readonly error?: string;
}

const leastCredits = 50;
const mostCredits = 200;

/**
 * 50 credits, plus 2 for every question and 5 for every persona, up to 200.
 *
 * Source of the range and of the 2 credits: Mavera guide, "Credits". GUESS: the 5 credits.
 */
export function focusGroupCredits(questions: number, personas: number): number {
  return Math.min(mostCredits, leastCredits + 2 * questions + 5 * personas);
}

export function isGenerating({ endsAtMs }: FocusGroup, nowMs: number): boolean {
  return nowMs < endsAtMs;
}

/** GUESS: it is pending for the first quarter of its time. */
function statusAt(group: FocusGroup, nowMs: number): FocusGroupStatus {
  const { createdAtMs, endsAtMs, isFailing } = group;
  if (isGenerating(group, nowMs)) {
    return nowMs < createdAtMs + (endsAtMs - createdAtMs) / 4 ? 'pending' : 'processing';
  }
  return isFailing ? 'failed' : 'completed';
}

export function focusGroupObject(group: FocusGroup, nowMs: number): FocusGroupObject {
  return {
    id: group.id,
    object: 'focus_group',
    name: group.name,
    status: statusAt(group, nowMs),
    workspace_id: group.workspaceId,
    created_at: Math.floor(group.createdAtMs / 1000),
    completed_at: isGenerating(group, nowMs) ? null : Math.floor(group.endsAtMs / 1000),
  };
}

export function focusGroupDetails(group: FocusGroup, nowMs: number): FocusGroupDetails {
  const object = focusGroupObject(group, nowMs);
  const usage = { credits_used: group.creditsUsed };
  switch (object.status) {
    case 'completed':
      return { ...object, results: discuss(group.questions, group.participants), usage };
    case 'failed':
      return { ...object, error: 'The focus group could not be generated.', usage };
    default:
      return object;
  }
}
