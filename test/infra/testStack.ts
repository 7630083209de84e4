import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import type { FunctionCode } from '../../infra/bundling/bundleFunctions.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { MaveraTriggersStack } from '../../infra/MaveraTriggersStack.ts';
import { readContext } from '../../infra/settings/readContext.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

/** Context by key, as `-c` gives it. */
export type TestContext = Readonly<Record<string, unknown>>;

const triggersFile = join(import.meta.dirname, 'triggers/noImports.ts');

/** The stack with the context of cdk.json, and with one-line functions instead of the bundles. */
export function testStack(context: TestContext = {}): { app: App; stack: MaveraTriggersStack } {
  const { context: flags } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8'));
  const app = new App({
    autoSynth: false,
    // CloudFormation's general rules take more than a second for each stack. synthesize.test.ts checks them.
    builtinCloudFormationValidation: false,
    context: { triggersFile, ...flags, ...context },
    outdir: temporaryDirectory(),
  });
  const settings = readContext(app.node.getAllContext());
  return { app, stack: new MaveraTriggersStack(app, { ...settings, code: stubCode() }) };
}

const templates = new Map<string, Template>();

/** The template of {@link testStack}, made once for each context. */
export function testTemplate(context: TestContext = {}): Template {
  const key = JSON.stringify(context);
  const template = templates.get(key) ?? Template.fromStack(testStack(context).stack);
  templates.set(key, template);
  return template;
}

function stubCode(): FunctionCode {
  const directory = temporaryDirectory();
  const write = (name: string): string => {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'index.mjs'), `export const handler = () => '${name}';\n`);
    return join(directory, name);
  };
  return {
    receiver: write('receiver'),
    runner: write('runner'),
    dispatcher: write('dispatcher'),
    forgetter: write('forgetter'),
    puller: write('puller'),
  };
}
