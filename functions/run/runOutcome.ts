/** How one delivery of a run has ended, for the log: no personal data. */
export interface RunOutcome {
  /** `repeated`: another delivery has finished the run, or is at it. */
  readonly outcome: 'done' | 'failed' | 'skipped' | 'waiting' | 'repeated';
  /** One of a few words. */
  readonly reason?: string | undefined;
  /** Until the run comes back. */
  readonly waitMs?: number | undefined;
  readonly creditsUsed?: number | undefined;
  /** What was found of an earlier call whose answer was lost. */
  readonly recovery?: 'found' | 'not_found' | undefined;
  /** How Mavera answered, when it was called. */
  readonly call?: CallReport | undefined;
}

/** One call to Mavera that does work. */
export interface CallReport {
  readonly kind: 'answered' | 'refused' | 'unreachable' | 'lost' | 'unreadable';
  readonly durationMs: number;
  readonly status?: number | undefined;
}
