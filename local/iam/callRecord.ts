import type { RequiredPermission } from './requiredPermission.ts';

/** How often a function used a permission, or needed one that it does not have. */
export interface RecordedCall extends RequiredPermission {
  readonly functionName: string;
  readonly count: number;
}

/** All calls at the gateway so far. */
export interface RecordedCalls {
  readonly allowed: readonly RecordedCall[];
  readonly refused: readonly RecordedCall[];
}

/** Counts the calls at the gateway by function and permission. */
export class CallRecord {
  readonly #allowed = new Map<string, RecordedCall>();
  readonly #refused = new Map<string, RecordedCall>();

  add(outcome: keyof RecordedCalls, functionName: string, { action, resource }: RequiredPermission): void {
    const calls = outcome === 'allowed' ? this.#allowed : this.#refused;
    const key = `${functionName} ${action} ${resource}`;
    const count = (calls.get(key)?.count ?? 0) + 1;
    calls.set(key, { functionName, action, resource, count });
  }

  read(): RecordedCalls {
    return { allowed: [...this.#allowed.values()], refused: [...this.#refused.values()] };
  }
}
