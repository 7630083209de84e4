import type * as fc from 'fast-check';
import type * as z from 'zod';

/** A target that is set up. */
export interface OpenTarget<Input> {
  /**
   * Tries one input.
   *
   * @returns a word for the result, for the table
   * @throws FuzzFailure if something does not hold; any other error is a failure as well
   */
  check(input: Input): string | Promise<string>;
  close(): Promise<void>;
}

/** A part of the system that takes input, and inputs for it. */
export interface FuzzTarget<Input = unknown> {
  /** Its folder in the corpus has the same name. */
  readonly name: string;
  /** Its share of the time, relative to the shares of the others. */
  readonly share: number;
  /** The most inputs, for a target whose checks are slow. */
  readonly mostInputs?: { readonly full: number; readonly short: number };
  /** Inputs are JSON, so that the corpus can keep them. An input that is not JSON is made from a description. */
  readonly schema: z.ZodType<Input>;
  readonly inputs: fc.Arbitrary<Input>;
  open(): Promise<OpenTarget<Input>>;
}

/** Something did not hold; the message says what. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';
}

/** @throws FuzzFailure with the sentence if it does not hold */
export function mustHold(holds: boolean, otherwise: string): asserts holds {
  if (!holds) {
    throw new FuzzFailure(otherwise);
  }
}
