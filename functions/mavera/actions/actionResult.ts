/** The result of a run. */
export interface ActionResult {
  /** As Mavera reports it; absent when it does not. */
  readonly creditsUsed?: number | undefined;
  /** Published, and kept with the run. */
  readonly result: Readonly<Record<string, unknown>>;
  /** Id of the thread or persona that the trigger keeps for the key. */
  readonly keptId?: string | undefined;
}

/** Work that Mavera has started and not finished. */
export interface PendingWork {
  readonly pendingId: string;
}
