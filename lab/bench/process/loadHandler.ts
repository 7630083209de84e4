import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The answer of a handler, payload format 2.0. */
export interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** A function's handler, as the bench calls it. */
export type BenchedHandler = (event: unknown, context: object) => Promise<Answer>;

/** A loaded handler, and how long that took. */
export interface LoadedHandler {
  readonly handler: BenchedHandler;
  readonly importMs: number;
}

/** Loads a bundle as Lambda's runtime does: `.js` by `require`, `.mjs` by `import`. */
export async function loadHandler(file: string): Promise<LoadedHandler> {
  const require = createRequire(import.meta.url);
  const startedAtMs = performance.now();
  const loaded: unknown = file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : require(file);
  const importMs = performance.now() - startedAtMs;
  const { handler } = loaded as { readonly handler?: BenchedHandler };
  if (typeof handler !== 'function') {
    throw new Error(`${file} exports no handler`);
  }
  return { handler, importMs };
}
