import * as z from 'zod';
import { type CheckedFault, type Fault, faultSchema } from './fault.ts';

/** A fault that still meets calls. */
export interface ActiveFault {
  readonly fault: CheckedFault;
  /** Calls that it will still meet; `null`: all, as long as it lasts. */
  readonly timesLeft: number | null;
  /** Epoch milliseconds; `null`: until its times are used up. */
  readonly endsAtMs: number | null;
}

interface Entry {
  readonly fault: CheckedFault;
  readonly matches: RegExp;
  timesLeft: number;
  readonly endsAtMs: number;
}

/** A fault that cannot be injected; the message says which field is wrong. */
export class InvalidFaultError extends Error {
  override readonly name = 'InvalidFaultError';
}

/** The faults in the order of their injection; a call meets the first that matches it. */
export class Faults {
  readonly #now: () => number;
  #entries: Entry[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws InvalidFaultError */
  inject(wanted: Fault): void {
    const checked = faultSchema.safeParse(wanted);
    if (!checked.success) {
      throw new InvalidFaultError(`Not a fault of the simulator:\n${z.prettifyError(checked.error)}`);
    }
    const fault = checked.data;
    const unlimited = fault.forMs === undefined ? 1 : Number.POSITIVE_INFINITY;
    this.#entries.push({
      fault,
      matches: patternOf(fault.path),
      timesLeft: fault.times ?? unlimited,
      endsAtMs: this.#now() + (fault.forMs ?? Number.POSITIVE_INFINITY),
    });
  }

  clear(): void {
    this.#entries = [];
  }

  /** The fault that this call meets, if any; it counts as one of its times. */
  take(method: string, path: string): CheckedFault | undefined {
    this.#forget();
    const entry = this.#entries.find(
      ({ fault, matches }) => (fault.method ?? method) === method && matches.test(path),
    );
    if (entry === undefined) {
      return undefined;
    }
    entry.timesLeft -= 1;
    return entry.fault;
  }

  active(): readonly ActiveFault[] {
    this.#forget();
    return this.#entries.map(({ fault, timesLeft, endsAtMs }) => ({
      fault,
      timesLeft: Number.isFinite(timesLeft) ? timesLeft : null,
      endsAtMs: Number.isFinite(endsAtMs) ? endsAtMs : null,
    }));
  }

  #forget(): void {
    const nowMs = this.#now();
    this.#entries = this.#entries.filter(({ timesLeft, endsAtMs }) => timesLeft > 0 && nowMs < endsAtMs);
  }
}

function patternOf(path: string): RegExp {
  const literal = path.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
