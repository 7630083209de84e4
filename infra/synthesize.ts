import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { projectRoot } from './bundling/projectRoot.ts';
import { readSynthesizedStack, type SynthesizedStack } from './synthesizedStack.ts';

/** The app could not be synthesized. The message is what the app wrote to stderr. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}

/** Options of {@link synthesize}. */
export interface SynthesizeOptions {
  /** Directory for the cloud assembly. It is created if it does not exist. */
  readonly outdir: string;
  /** Settings that override those of cdk.json. A relative `triggersFile` is relative to the working directory. */
  readonly context?: Readonly<Record<string, string | number | boolean>>;
  /** Aborts the synthesis. */
  readonly signal?: AbortSignal;
}

/**
 * Synthesizes the stack without the CDK command-line tool, in 2.4 s instead of 6 s (measured on 2 cores). It runs in a
 * process of its own, so that the construct library does not stay in the caller's memory. Settings, triggers and cdk-nag
 * are checked as in a deployment. Only CloudFormation's general rules, which take 1.5 s more, are left to `npm run synth`.
 *
 * @throws SynthesisError with the reason; it is one line if a setting or the triggers file is wrong
 */
export async function synthesize(options: SynthesizeOptions): Promise<SynthesizedStack> {
  const outdir = resolve(options.outdir);
  mkdirSync(outdir, { recursive: true });
  const child = spawn(process.execPath, [join(projectRoot, 'infra/app.ts')], {
    cwd: projectRoot,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...projectContext(), ...absolute(options.context ?? {}) }),
      CDK_VALIDATION: 'false',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const exited = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  const [exitCode, complaint] = await Promise.all([exited, text(child.stderr)]);
  if (exitCode !== 0) {
    throw new SynthesisError(complaint.trim() || `infra/app.ts ended with exit code ${exitCode}`);
  }
  return readSynthesizedStack(outdir);
}

/** The context of cdk.json. Its feature flags change the template, so they must be those that `cdk deploy` uses. */
function projectContext(): Record<string, unknown> {
  const configuration: unknown = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8'));
  return z.object({ context: z.record(z.string(), z.unknown()) }).parse(configuration).context;
}

function absolute(context: Readonly<Record<string, string | number | boolean>>): Record<string, unknown> {
  const { triggersFile } = context;
  return typeof triggersFile === 'string' && triggersFile !== ''
    ? { ...context, triggersFile: resolve(triggersFile) }
    : context;
}
