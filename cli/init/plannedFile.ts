/** A file that a new app should have. */
export interface PlannedFile {
  /** From the folder of the app, with `/`. */
  readonly path: string;
  readonly content: string;
  /** What is in it, in a few words. */
  readonly about: string;
}
