/** What a proof is run with. */
export interface ProofOptions {
  /** Takes a line that says what is being done, and how far it is. */
  readonly progress: (line: string) => void;
  /** Whether to run the form for the tests, of less than half a minute. */
  readonly isShort: boolean;
  /** The start of all random choices: the same seed makes the same choices. */
  readonly seed: number;
  /** How many events the soak sends. @default its own number */
  readonly events?: number | undefined;
  /** After which time the soak sends no more. @default its own time */
  readonly sendingMs?: number | undefined;
}

/** The result of a proof. */
export interface ProofResult {
  /** Its table, for people. */
  readonly table: string;
  /** What it counted, such as `{ 'faults tried': 412 }`; the summary adds it up. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each is a sentence that names the case and how to repeat it; empty if everything held. */
  readonly failures: readonly string[];
}

/** A property of the system that is proven by trying to break it. */
export interface Proof {
  /** One word, as on the command line. */
  readonly name: string;
  readonly description: string;
  /** @throws LocalSystemError when the system cannot be started */
  run(options: ProofOptions): Promise<ProofResult>;
}
