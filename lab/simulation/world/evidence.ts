import type { HandledDelivery } from '../../../functions/run/handleDelivery.ts';

/** What a simulation has seen of its runs. */
export class Evidence {
  /** By run id: how often its message was delivered. */
  readonly deliveries = new Map<string, number>();
  /** By outcome and reason, such as `waiting pace`. */
  readonly outcomes = new Map<string, number>();
  /** Failures that did not end a delivery or a pass. */
  readonly troubles: string[] = [];
  /** Deliveries that failed, so that their message came again. */
  failedDeliveries = 0;
  /** Passes of the dispatcher that came to their end. */
  passes = 0;

  record({ run, outcome, reason }: HandledDelivery): void {
    const what = reason === undefined ? outcome : `${outcome} ${reason}`;
    this.outcomes.set(what, (this.outcomes.get(what) ?? 0) + 1);
    if (run !== undefined) {
      this.deliveries.set(run.runId, (this.deliveries.get(run.runId) ?? 0) + 1);
    }
  }

  failedDelivery(error: unknown): void {
    this.failedDeliveries += 1;
    this.trouble('a delivery failed', error);
  }

  trouble(what: string, error: unknown): void {
    this.troubles.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
