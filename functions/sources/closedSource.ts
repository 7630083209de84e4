/** Stands for a source that no trigger names, in a bundle. The receiver does not open such a source. */
export function createSource(): never {
  throw new Error('This source is not in the bundle, because no trigger names it: bundle the function again');
}
