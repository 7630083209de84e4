import type { GoodDelivery } from './goodTraffic.ts';
import type { Answer } from './rawRequest.ts';

/** What was seen of one kind of flood. */
export interface KindObservation {
  readonly name: string;
  /** The documented answers; 503 may come as well. */
  readonly expected: ReadonlySet<Answer>;
  readonly requests: number;
  readonly answers: ReadonlyMap<Answer, number>;
  /** Good events that were accepted during the flood. */
  readonly goodBeside: number;
}

/** Resident memory of one environment, in MB of 1,048,576 bytes as Lambda counts. */
export interface EnvironmentMemory {
  readonly functionName: string;
  readonly pid: number;
  /** The memory that Lambda would give it. */
  readonly limitMb: number;
  /** The peak of the first round of the floods; 0 if it started later. */
  readonly firstPeakMb: number;
  /** The peak from the second round on. */
  readonly secondPeakMb: number;
  readonly isAlive: boolean;
}

/** The name of the process that runs the front and the servers, and sends the floods. */
export const frontName = 'front and servers';

/** Memory that is still in use after a full garbage collection, in MB. */
export interface LiveMemory {
  readonly name: string;
  /** How many processes reported it, and how many there are. */
  readonly told: readonly [number, number];
  /** The most of any environment after the first round; for the front, before all floods. */
  readonly firstMb: number;
  /** The same at the end. */
  readonly lastMb: number;
}

/** The ledger after the floods. */
export interface LedgerObservation {
  /** Keys of all claims. */
  readonly claims: ReadonlySet<string>;
  /** Run items. */
  readonly runs: number;
  /** For claims that must not exist: the kind of flood that would have made them. */
  readonly kindByBadClaim: ReadonlyMap<string, string>;
  /** Events that the receiver queued without a claim because the ledger did not answer in time. */
  readonly bypassed: number;
}

/** All that was observed from the outside. */
export interface FloodObservation {
  readonly seed: number;
  readonly kinds: readonly KindObservation[];
  readonly deliveries: readonly GoodDelivery[];
  readonly ledger: LedgerObservation;
  /** How often Mavera was called for work, by the event's marker. */
  readonly callsByMarker: ReadonlyMap<string, number>;
  readonly deadLetters: number;
  readonly environments: readonly EnvironmentMemory[];
  /** For each function's environments, and for the process with the front and the servers. */
  readonly live: readonly LiveMemory[];
  /** The most CPU that the receiver took for one request, and the time after which Lambda ends it. */
  readonly receiverCpu: { readonly mostSeconds: number; readonly limitSeconds: number };
  /** Invocations of the receiver, and the most that the requests allow. */
  readonly invocations: { readonly seen: number; readonly expectedAtMost: number };
  /** Log lines of a crash, a timeout or an unexpected failure. */
  readonly crashLines: readonly string[];
  /** What the system still waits for; `undefined` if nothing will change any more. */
  readonly waitsFor: string | undefined;
}
