import type * as fc from 'fast-check';
import type * as z from 'zod';

/** A target that is set up. */
export interface OpenTarget<Input> {
  /**
   * Tries one input.
   *
   * @returns a word for what was seen, for the table
   * @throws FuzzFailure for what must not be; any other error is a failure as well
   */
  check(input: Input): string | Promise<string>;
  close(): Promise<void>;
}

/** A part of the system that takes what it is given, and inputs for it. */
export interface FuzzTarget<Input = unknown> {
  /** Its folder in the corpus has the same name. */
  readonly name: string;
  /** What it is given of the time, beside the shares of the others. */
  readonly share: number;
  /** Inputs that it is tried with at most, where each is dear. */
  readonly mostInputs?: { readonly full: number; readonly short: number };
  /** Inputs are JSON, so that the corpus can keep them: recipes of what cannot be written as such. */
  readonly schema: z.ZodType<Input>;
  readonly inputs: fc.Arbitrary<Input>;
  open(): Promise<OpenTarget<Input>>;
}

/** Something that must not be; the message says what. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
}

/** @throws FuzzFailure with the sentence, when it does not hold */
export function mustHold(holds: boolean, otherwise: string): asserts holds {
  if (!holds) {
    throw new FuzzFailure(otherwise);
  }
}
