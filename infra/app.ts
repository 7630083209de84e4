import { App } from 'aws-cdk-lib/core';
import { CompileError } from './bundling/compile.ts';
import { TriggersFileError } from './bundling/loadTriggers.ts';
import { MaveraTriggersStack } from './MaveraTriggersStack.ts';
import { addSecurityChecks } from './securityChecks.ts';
import { readContext } from './settings/readContext.ts';
import { SettingsError } from './settings/settingsError.ts';

/** The CDK app: what `cdk synth` and `cdk deploy` run. It needs no AWS account and no network. */
function synthesizeApp(): void {
  // "process": a failed check sets the exit code instead of throwing an exception with a stack trace.
  const app = new App({ autoSynth: false, context: { '@aws-cdk/core:appMode': 'process' } });
  new MaveraTriggersStack(app, readContext(app.node.getAllContext()));
  addSecurityChecks(app);
  app.synth();
}

try {
  synthesizeApp();
} catch (error) {
  const isWrongInput =
    error instanceof SettingsError || error instanceof TriggersFileError || error instanceof CompileError;
  if (!isWrongInput) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
