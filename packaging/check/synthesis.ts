import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { modulePath } from '../../infra/bundling/projectRoot.ts';
import { readSynthesizedStack } from '../../infra/synthesizedStack.ts';
import { CheckError } from './checkError.ts';
import { runCommand } from './runCommand.ts';

/** What a CDK app has written, as far as it is compared. */
export interface Synthesis {
  /** Without the hashes of assets. */
  readonly template: string;
  /** Bytes of each function's code, by the function's id in the template. */
  readonly bundleBytes: Readonly<Record<string, number>>;
}

/** By how much a bundle may be larger or smaller than the repository's. */
const mostDifference = 0.01;
const configuration = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * Runs the CDK app of a user.
 *
 * @param node the Node.js that runs it, without any flag
 */
export async function synthesizeApp(app: string, node: string): Promise<Synthesis> {
  return await synthesizeWith(node, ['app.ts'], app, 'cdk.out');
}

/** Runs the repository's app in the directory of the user's, with the same triggers file and the same settings. */
export async function synthesizeInRepository(app: string): Promise<Synthesis> {
  return await synthesizeWith(process.execPath, [modulePath('infra/app.ts')], app, 'cdk.out.repository');
}

async function synthesizeWith(
  node: string,
  args: readonly string[],
  cwd: string,
  directory: string,
): Promise<Synthesis> {
  const outdir = join(cwd, directory);
  const { context } = configuration.parse(JSON.parse(readFileSync(join(cwd, 'cdk.json'), 'utf8')));
  // What the CDK's command-line tool gives an app.
  const env = { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), NODE_OPTIONS: '' };
  await runCommand(node, args, { cwd, env });
  const { templatePath, codeDirectories } = readSynthesizedStack(outdir);
  return {
    template: readFileSync(templatePath, 'utf8').replace(/[0-9a-f]{32,}/g, '(hash)'),
    bundleBytes: Object.fromEntries(
      Object.entries(codeDirectories).map(([id, code]) => [id, statSync(join(code, 'index.mjs')).size]),
    ),
  };
}

/**
 * Compares what a user gets with what the repository makes.
 *
 * @throws CheckError if the templates differ, or a bundle's size by more than 1 %
 */
export function compareSyntheses(ofUser: Synthesis, ofRepository: Synthesis): void {
  if (ofUser.template !== ofRepository.template) {
    const [one, other] = firstDifference(ofUser.template, ofRepository.template);
    throw new CheckError(`the template differs from the repository's: "${one}" instead of "${other}"`);
  }
  for (const [id, bytes] of Object.entries(ofRepository.bundleBytes)) {
    const own = ofUser.bundleBytes[id] ?? 0;
    if (Math.abs(own - bytes) > bytes * mostDifference) {
      throw new CheckError(`the bundle of ${id} has ${own} bytes, and the repository's ${bytes}`);
    }
  }
}

function firstDifference(one: string, other: string): readonly [string, string] {
  const lines = one.split('\n');
  const others = other.split('\n');
  const index = lines.findIndex((line, at) => line !== others[at]);
  return [lines[index]?.trim() ?? '', others[index]?.trim() ?? ''];
}
