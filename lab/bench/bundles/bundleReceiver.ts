import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceName } from '../../../functions/sources/source.ts';
import { bundleFunction } from '../../../infra/bundling/bundleFunction.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { type Bundle, bundleOf } from './bundle.ts';

/** The triggers that every bundle carries. */
export const benchTriggers: string = join(projectRoot, 'lab/bench/triggers.ts');

/**
 * Compiles the receiver as it is deployed.
 *
 * @param sources those that triggers name: the bundle has no other
 */
export function bundleReceiver(
  outdir: string,
  sources: ReadonlySet<SourceName> = new Set(['segment']),
): Bundle {
  const entry = join(projectRoot, 'functions/receiver.ts');
  return bundleFunction({ entry, outdir, triggersFile: benchTriggers, sources });
}

/** Writes a handler that does nothing: what any import costs. */
export function bundleEmptyHandler(outdir: string): Bundle {
  const file = join(outdir, 'index.mjs');
  mkdirSync(outdir, { recursive: true });
  writeFileSync(file, 'export const handler=async()=>({statusCode:200,body:"{}"});\n');
  return bundleOf(file);
}
