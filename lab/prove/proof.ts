/** What a proof is run with. */
export interface ProofOptions {
  /** Takes a line that says what is being done, and how far it is. */
  readonly progress: (line: string) => void;
  /** A form of less than half a minute, for the tests. */
  readonly isShort: boolean;
  /** Where every random choice starts: the same seed makes the same choices. */
  readonly seed: number;
  /** How many events a proof sends that sends as many as it is told. @default its own number */
  readonly events?: number | undefined;
  /** After which time such a proof sends no more. @default its own time */
  readonly sendingMs?: number | undefined;
}

/** What a proof came to. */
export interface ProofResult {
  /** Its own table, for people. */
  readonly table: string;
  /** What it counted, such as `{ 'faults tried': 412 }`; added up in the last table. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each a sentence that names the case and how to repeat it; empty when everything held. */
  readonly failures: readonly string[];
}

/** One property of the system, shown by trying. */
export interface Proof {
  /** One word, as on the command line. */
  readonly name: string;
  readonly description: string;
  /** @throws LocalSystemError when the system cannot be started */
  run(options: ProofOptions): Promise<ProofResult>;
}
