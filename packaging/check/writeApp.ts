import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const cdkConfiguration = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * Writes an app that uses every entry of the package, as a user's would.
 *
 * @param app a directory, which is created
 * @param tarball absolute path of the package
 */
export function writeApp(app: string, tarball: string): void {
  for (const [path, content] of Object.entries(filesOf(tarball))) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), content);
  }
}

function filesOf(tarball: string): Readonly<Record<string, string>> {
  const { devDependencies } = manifest.parse(readJson('package.json'));
  const { context } = cdkConfiguration.parse(readJson('cdk.json'));
  const pinned = (names: readonly string[]): object =>
    Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
  return {
    'package.json': json({
      name: 'package-check',
      private: true,
      type: 'module',
      dependencies: { 'mavera-triggers': `file:${tarball}`, ...pinned(['aws-cdk-lib', 'constructs']) },
      devDependencies: pinned(['typescript']),
    }),
    'tsconfig.json': json({
      compilerOptions: { module: 'NodeNext', noEmit: true, allowImportingTsExtensions: true },
      exclude: ['with-zod'],
    }),
    'cdk.json': json({ app: 'node app.ts', context: { ...context, maveraTier: 'professional' } }),
    'triggers.ts': triggers,
    'access.ts': access,
    'with-zod/triggers.ts': withZod,
    'app.ts': app,
    'ownStack.ts': ownStack,
    'signers.ts': signers,
    'trial.ts': trial,
    'sendEvent.mjs': sendEvent,
    'events/trial.ndjson': `${JSON.stringify(trialStarted)}\n`,
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot, path), 'utf8'));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const trialStarted = {
  type: 'track',
  event: 'trial_started',
  messageId: 'check-1',
  userId: 'u-1',
  properties: { plan: 'Pro' },
};

const triggers = `import { askMave, defineTriggers, quoted } from 'mavera-triggers';

export default defineTriggers([
  {
    name: 'trial-started',
    when: 'type = "track" and event = "trial_started"',
    run: askMave(({ event }) => ({ message: \`Who starts a trial of \${quoted(event.properties.plan)}?\` })),
    cooldown: { per: 'user', for: '24h' },
  },
]);
`;

const access = `import { defineAccess } from 'mavera-triggers';

export default defineAccess({ triggers: { 'trial-started': { 'mavera.mave': 'write', 'mavera.usage': 'read' } } });
`;

/** The app does not install zod. */
const withZod = `import { defineTriggers, respondAs } from 'mavera-triggers';
import * as z from 'zod';

export default defineTriggers([
  {
    name: 'answered',
    when: 'type = "track"',
    run: respondAs(() => ({ input: 'Why?' }), { personaId: 'per_1', output: z.object({ reason: z.string() }) }),
  },
]);
`;

const app = `import { App } from 'aws-cdk-lib/core';
import { MaveraTriggersStack } from 'mavera-triggers/cdk';

MaveraTriggersStack.fromContext(new App());
`;

/** Type-checked only: the construct in a stack of the user's own. */
const ownStack = `import { Stack } from 'aws-cdk-lib/core';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { MaveraTriggers, type MaveraTriggersProps } from 'mavera-triggers/cdk';

export class OwnStack extends Stack {
  readonly research: MaveraTriggers;

  constructor(scope: Construct, props: MaveraTriggersProps) {
    super(scope, 'Own');
    this.research = new MaveraTriggers(this, 'Research', { ...props, alarmTopic: new Topic(this, 'Alarms') });
  }
}
`;

const signers = `import { signSegmentRequest as ofAll } from 'mavera-triggers';
import { signSegmentRequest } from 'mavera-triggers/segment';
import { signSegOpsRequest } from 'mavera-triggers/segops';
import { signSendGridRequest } from 'mavera-triggers/sendgrid';

export const signers = { ofAll, signSegmentRequest, signSegOpsRequest, signSendGridRequest };
`;

const trial = `import { trial } from 'mavera-triggers/testing';
import triggers from './triggers.ts';

const run = await trial(triggers);
await run.send({ type: 'track', event: 'trial_started', userId: 'u-1', properties: { plan: 'Pro' } });
console.log(JSON.stringify(run.runs.map(({ trigger, state }) => ({ trigger, state }))));
`;

/** Signs an event, and posts it to the URL in the environment. */
const sendEvent = `import { readFileSync } from 'node:fs';
import { signSegmentRequest } from 'mavera-triggers/segment';

const payload = JSON.parse(readFileSync('events/trial.ndjson', 'utf8'));
const { body, headers } = signSegmentRequest({ payload, secret: 'local-shared-secret' });
const answer = await fetch(process.env.SEGMENT_URL, { method: 'POST', body, headers });
console.log(answer.status, await answer.text());
`;
