import { App } from 'aws-cdk-lib/core';
import { CompileError } from './bundling/compile.ts';
import { TriggersFileError } from './bundling/loadTriggers.ts';
import { MaveraTriggersStack } from './MaveraTriggersStack.ts';
import { SettingsError } from './settings/settingsError.ts';

/**
 * Synthesizes the stack of the settings in the CDK context. It needs no AWS account and no network. Wrong settings and a wrong
 * triggers file end with one line on stderr and exit code 1.
 *
 * @param addChecks adds checks to the app, which the synthesis then runs
 */
export function synthesizeApp(addChecks: (app: App) => void = () => undefined): void {
  try {
    // "process": a failed check sets the exit code instead of throwing an exception with a stack trace.
    const app = new App({ autoSynth: false, context: { '@aws-cdk/core:appMode': 'process' } });
    MaveraTriggersStack.fromContext(app);
    addChecks(app);
    app.synth();
  } catch (error) {
    const isWrongInput =
      error instanceof SettingsError || error instanceof TriggersFileError || error instanceof CompileError;
    if (!isWrongInput) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}
