import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { bundleFunctions } from './bundling/bundleFunctions.ts';
import { CompileError } from './bundling/compile.ts';
import { loadTriggers, TriggersFileError } from './bundling/loadTriggers.ts';
import { MaveraTriggersStack } from './MaveraTriggersStack.ts';
import { addSecurityChecks } from './securityChecks.ts';
import { readSettings, SettingsError } from './settings.ts';

/** The CDK app: what `cdk synth` and `cdk deploy` run. It needs no AWS account and no network. */
async function synthesizeApp(): Promise<void> {
  // "process": a failed check ends in an exit code, not in an exception with a stack trace.
  const app = new App({ autoSynth: false, context: { '@aws-cdk/core:appMode': 'process' } });
  const settings = readSettings(app.node.getAllContext());
  const triggersFile = resolve(settings.triggersFile);
  await loadTriggers(triggersFile);
  new MaveraTriggersStack(app, { settings, code: bundleFunctions(app.outdir, triggersFile) });
  addSecurityChecks(app);
  app.synth();
}

try {
  await synthesizeApp();
} catch (error) {
  const isForPeople =
    error instanceof SettingsError || error instanceof TriggersFileError || error instanceof CompileError;
  if (!isForPeople) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
