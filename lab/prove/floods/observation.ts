import type { GoodDelivery } from './goodTraffic.ts';
import type { Answer } from './rawRequest.ts';

/** What was seen of one kind of flood. */
export interface KindObservation {
  readonly name: string;
  /** What it should be answered; 503 may come as well. */
  readonly expected: ReadonlySet<Answer>;
  readonly requests: number;
  readonly answers: ReadonlyMap<Answer, number>;
  /** Good events that were accepted while it was under way. */
  readonly goodBeside: number;
}

/** Resident memory of one environment, in MB of 1,048,576 bytes as Lambda counts. */
export interface EnvironmentMemory {
  readonly functionName: string;
  readonly pid: number;
  /** What Lambda would give it. */
  readonly limitMb: number;
  /** Most that it took in the first round of the floods; 0 when it started later. */
  readonly firstPeakMb: number;
  /** Most that it took from the second round on. */
  readonly secondPeakMb: number;
  readonly isAlive: boolean;
}

/** What the process is called that holds the front and the servers, and sends the floods. */
export const frontName = 'front and servers';

/** What is still needed when all garbage is collected, in MB. */
export interface LiveMemory {
  readonly name: string;
  /** How many processes told it, of how many. */
  readonly told: readonly [number, number];
  /** After the first round of the floods, by the environment that needs most; of the front, before all floods. */
  readonly firstMb: number;
  /** At the end. */
  readonly lastMb: number;
}

/** The ledger after the floods. */
export interface LedgerObservation {
  /** Keys of all claims. */
  readonly claims: ReadonlySet<string>;
  /** Records of runs. */
  readonly runs: number;
  /** Which kind of flood a claim would be from that should not be there. */
  readonly kindByBadClaim: ReadonlyMap<string, string>;
  /** Events that the receiver says it queued without a claim, since the ledger did not answer in time. */
  readonly bypassed: number;
}

/** All that was seen from the outside, to be judged. */
export interface FloodObservation {
  readonly seed: number;
  readonly kinds: readonly KindObservation[];
  readonly deliveries: readonly GoodDelivery[];
  readonly ledger: LedgerObservation;
  /** Calls for work at Mavera, by the marker of the event that they were for. */
  readonly callsByMarker: ReadonlyMap<string, number>;
  readonly deadLetters: number;
  readonly environments: readonly EnvironmentMemory[];
  /** Of each function's environments, and of the process with the front and the servers. */
  readonly live: readonly LiveMemory[];
  /** The most CPU that the receiver took for one request, and the time after which Lambda ends it. */
  readonly receiverCpu: { readonly mostSeconds: number; readonly limitSeconds: number };
  /** Invocations of the receiver, and the requests that should have come to one. */
  readonly invocations: { readonly seen: number; readonly expectedAtMost: number };
  /** Lines that tell of a crash, a timeout or a failure that nobody foresaw. */
  readonly crashLines: readonly string[];
  /** What the system still waits for; `undefined` if nothing will change any more. */
  readonly waitsFor: string | undefined;
}
