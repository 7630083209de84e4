import { InvalidArgumentError } from 'commander';

/** Makes a parser of whole numbers within bounds, for an option or argument. */
export function countFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(
        `Expected a whole number from ${min} to ${max.toLocaleString('en').replaceAll(',', '')}.`,
      );
    }
    return value;
  };
}
