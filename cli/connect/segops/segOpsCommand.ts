import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { loadTriggers } from '../../../infra/bundling/loadTriggers.ts';
import { addDeploymentOptions, type DeploymentOptions } from '../../ops/deployment/deploymentOptions.ts';
import { duration } from '../../ops/format/duration.ts';
import { type Output, processOutput } from '../../ops/output.ts';
import { type TestOptions, waitOption } from '../arrival/runTest.ts';
import { ConnectError } from '../connectError.ts';
import { routeUrl, routeWarnings, triggersByRoute } from '../plan/desiredConnection.ts';
import { sourceUrl } from '../sendgrid/webhookUrl.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { withTarget } from '../target/openTarget.ts';
import {
  finishRotation,
  knownAtMs,
  noteShown,
  readSegOpsSecret,
  type SecretStore,
  type SegOpsSecret,
  startRotation,
  withValue,
} from './segOpsSecret.ts';
import { waitForPost } from './waitForPost.ts';

interface SegOpsOptions extends DeploymentOptions {
  readonly triggers?: string;
}

interface SetUpOptions extends SegOpsOptions, TestOptions {
  readonly showSecret?: true;
}

interface RotateOptions extends SegOpsOptions {
  readonly finish?: true;
}

const page = 'docs/connect-segops.md';
/** Somebody has to paste two values, and to recompute a segment. */
const defaultWaitMs = 15 * 60_000;

/** `segops`, with `rotate`. */
export function segopsCommand(): Command {
  const command = new Command('segops')
    .description(
      'Prints what to enter in SegOps, so that its webhook posts to the system, and waits for the first post. SegOps documents ' +
        'no API for its webhooks.',
    )
    .enablePositionalOptions()
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(rotateCommand());
  return addSegOpsOptions(command)
    .addOption(waitOption('how long to wait for the first post', defaultWaitMs, '15m'))
    .option('--no-wait', 'do not wait')
    .option('--show-secret', 'show the secret, though it was shown before')
    .addHelpText(
      'after',
      `\nNeeds AWS credentials that can read the stack, its secret and the receiver's log: ${page}.\n\nExamples:\n` +
        '  npm run connect -- segops\n  npm run connect -- segops --wait 1h\n  npm run connect -- segops rotate',
    )
    .action((options: SetUpOptions) => withTarget(options, (target) => connectSegOps(target, options), page));
}

/** `segops rotate` */
function rotateCommand(): Command {
  const command = new Command('rotate')
    .description(
      'Rotates the secret without refusing a post. The new one becomes valid beside the old one and is shown, to be pasted ' +
        'into SegOps. After that, --finish removes the old one.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return addSegOpsOptions(command)
    .option('--finish', 'remove the old secret, after SegOps has the new one')
    .addHelpText(
      'after',
      '\nEach step can be repeated.\n\nExamples:\n  npm run connect -- segops rotate\n  npm run connect -- segops rotate --finish',
    )
    .action((options: RotateOptions) => withTarget(options, (target) => rotateSegOps(target, options), page));
}

function addSegOpsOptions(command: Command): Command {
  return addDeploymentOptions(command, 'one JSON document').option(
    '--triggers <file>',
    'the triggers file that is deployed (default: triggers.ts)',
  );
}

async function connectSegOps(target: ConnectTarget, options: SetUpOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const { store, urls, warnings } = openSegOps(target, options);
  for (const warning of warnings) {
    output.note(`note: ${warning}`);
  }
  const found = await readSegOpsSecret(store);
  if (found.rotatingSinceMs !== undefined && !found.isShown) {
    throw new ConnectError(
      `A rotation is under way: npm run connect -- segops rotate${target.flags} shows the new secret.`,
    );
  }
  const secret = await withValue(store, found);
  const isShown = options.showSecret === true || !secret.isShown;
  if (!output.isJson) {
    output.text(stepsText(target, urls, isShown ? secret.values[0] : undefined, found !== secret));
  }
  if (isShown) {
    await noteShown(store, secret, Date.now());
  }
  const post = await waitForFirst(target, options, output);
  if (output.isJson) {
    output.document({ urls, ...(isShown ? { secret: secret.values[0] } : {}), post: post ?? null });
  }
}

interface SegOpsSession {
  readonly store: SecretStore;
  /** One for each route that triggers name. */
  readonly urls: readonly string[];
  readonly warnings: readonly string[];
}

/** @throws ConnectError, TriggersFileError */
function openSegOps(target: ConnectTarget, options: SegOpsOptions): SegOpsSession {
  const triggersFile = options.triggers ?? target.triggersFile ?? 'triggers.ts';
  const triggers = loadTriggers(triggersFile);
  const routes = [...triggersByRoute(triggers, 'segops').keys()];
  if (routes.length === 0) {
    throw new ConnectError(
      `No trigger of ${triggersFile} has source: 'segops': add one, deploy it, and run the command again.`,
    );
  }
  const { segopsSecretId: secretId, secretsmanager } = target;
  if (secretId === undefined) {
    throw new ConnectError(
      `The deployed system (${target.title}) has no secret for SegOps, because no trigger had source: 'segops': deploy ` +
        `${triggersFile} first.`,
    );
  }
  const base = sourceUrl(target.segmentUrl, 'segops');
  return {
    store: { secretsmanager, secretId },
    urls: routes.map((route) => routeUrl(base, route)),
    warnings: routeWarnings(triggers, 'segops', 'webhooks'),
  };
}

/** What to do in SegOps, with the values to paste. */
function stepsText(
  { title, flags }: ConnectTarget,
  urls: readonly string[],
  secret: string | undefined,
  isNew: boolean,
): string {
  const shown =
    secret === undefined
      ? `was shown before: npm run connect -- segops --show-secret${flags} shows it again`
      : secret;
  return [
    `${title}  ←  SegOps\n`,
    `In SegOps, open Settings > Webhooks, and add ${urls.length === 1 ? 'a webhook' : 'a webhook for each URL'}:\n`,
    ...urls.map((url) => `  URL          ${url}`),
    `  Secret       ${shown}`,
    '  Description  mavera-triggers',
    '  Active       on\n',
    ...(secret === undefined
      ? []
      : [`The secret ${isNew ? 'is new, and ' : ''}is shown this once. Do not keep it anywhere else.`]),
    'Then recompute a segment: SegOps posts after each recompute. If a trigger wants the event, it starts a run.\n',
  ].join('\n');
}

async function waitForFirst(
  { readPosts, flags }: ConnectTarget,
  { wait }: SetUpOptions,
  output: Output,
): Promise<object | undefined> {
  // --no-wait makes it `false`.
  const waitMs = Number(wait);
  if (waitMs === 0) {
    return undefined;
  }
  if (readPosts === undefined) {
    output.note(
      'The log of this system cannot be read, so this command does not wait. Look for the runs with ' +
        `npm run ops -- runs list${flags}.`,
    );
    return undefined;
  }
  output.note(`waiting up to ${duration(waitMs)} for the first post; Ctrl-C ends it`);
  const startedAtMs = Date.now();
  const post = await waitForPost({ readPosts, waitMs, now: Date.now, sleep, say: output.note });
  if (post === undefined) {
    process.exitCode = 1;
    output.note(
      `No post of SegOps was accepted within ${duration(waitMs)}. Is the webhook active, with this URL and ` +
        'this secret? SegOps posts only after a recompute, and each post once.',
    );
    return undefined;
  }
  const { route, atMs, counts } = post;
  const say = output.isJson ? output.note : output.text;
  say(
    `The first post arrived by the route ${route} after ${Math.max(0, Math.round((atMs - startedAtMs) / 1000))} s: ` +
      `${counts.queued === 0 ? 'no trigger wants its event' : 'a trigger wants its event'}. SegOps is connected.`,
  );
  return { route, ...counts };
}

async function rotateSegOps(target: ConnectTarget, options: RotateOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const { store } = openSegOps(target, options);
  const found = await readSegOpsSecret(store);
  if (options.finish === true) {
    await finishRotation(store, found);
    output.note('the old secret is not valid any more');
    tellState(output, 'finished', undefined);
    return;
  }
  const secret = await startRotation(store, found, Date.now());
  await waitUntilKnown(secret, output);
  if (!output.isJson) {
    output.text(
      `Paste this secret into the webhook in SegOps (Settings > Webhooks), in place of the old one:\n\n  ${secret.values[0]}\n\n` +
        `The old one is valid until you run npm run connect -- segops rotate --finish${target.flags}.`,
    );
  }
  await noteShown(store, secret, Date.now());
  tellState(output, 'shown', secret.values[0]);
}

async function waitUntilKnown(secret: SegOpsSecret, output: Output): Promise<void> {
  const waitMs = knownAtMs(secret) - Date.now();
  if (waitMs > 0) {
    output.note(`waiting ${Math.ceil(waitMs / 1000)} s, until every receiver knows the new secret`);
    await sleep(waitMs);
  }
}

function tellState(output: Output, state: string, secret: string | undefined): void {
  if (output.isJson) {
    output.document({ state, ...(secret === undefined ? {} : { secret }) });
  }
}
