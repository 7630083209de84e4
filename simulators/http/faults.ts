import * as z from 'zod';
import type { HandshakeFault } from '../tls/tlsFront.ts';
import { type CallFault, type CheckedFault, type Fault, faultSchema, type TlsFault } from './fault.ts';

/** A fault that is not over. */
export interface ActiveFault {
  readonly fault: CheckedFault;
  /** How many calls it still meets; `null`: all calls until it ends. */
  readonly timesLeft: number | null;
  /** Epoch milliseconds; `null`: it ends when `timesLeft` is 0. */
  readonly endsAtMs: number | null;
}

interface Entry {
  readonly fault: CheckedFault;
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
  readonly #speaksTls: boolean;
  #entries: Entry[] = [];

  constructor(now: () => number, speaksTls: boolean) {
    this.#now = now;
    this.#speaksTls = speaksTls;
  }

  /** @throws InvalidFaultError */
  inject(wanted: Fault): void {
    const checked = faultSchema.safeParse(wanted);
    if (!checked.success) {
      throw new InvalidFaultError(`Not a fault of the simulator:\n${z.prettifyError(checked.error)}`);
    }
    const fault = checked.data;
    if (fault.kind === 'tls' && !this.#speaksTls) {
      throw new InvalidFaultError(
        'A tls fault needs a simulator that speaks TLS: start it with { tls: true }.',
      );
    }
    const unlimited = fault.forMs === undefined ? 1 : Number.POSITIVE_INFINITY;
    this.#entries.push({
      fault,
      timesLeft: fault.times ?? unlimited,
      endsAtMs: this.#now() + (fault.forMs ?? Number.POSITIVE_INFINITY),
    });
  }

  clear(): void {
    this.#entries = [];
  }

  /** The fault that this call meets, if any; it counts as one of its times. */
  take(method: string, path: string): CallFault | undefined {
    return this.#take(
      (fault): fault is CallFault =>
        fault.kind !== 'tls' && (fault.method ?? method) === method && patternOf(fault.path).test(path),
    );
  }

  /** How the handshake of a new connection fails, if it does; it counts as one of the fault's times. */
  takeHandshake(): HandshakeFault | undefined {
    return this.#take((fault): fault is TlsFault => fault.kind === 'tls')?.handshake;
  }

  active(): readonly ActiveFault[] {
    this.#forget();
    return this.#entries.map(({ fault, timesLeft, endsAtMs }) => ({
      fault,
      timesLeft: Number.isFinite(timesLeft) ? timesLeft : null,
      endsAtMs: Number.isFinite(endsAtMs) ? endsAtMs : null,
    }));
  }

  #take<Taken extends CheckedFault>(matches: (fault: CheckedFault) => fault is Taken): Taken | undefined {
    this.#forget();
    for (const entry of this.#entries) {
      if (matches(entry.fault)) {
        entry.timesLeft -= 1;
        return entry.fault;
      }
    }
    return undefined;
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
