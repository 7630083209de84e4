import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { processOutput } from '../ops/output.ts';
import { runTest, type TestOptions, testOptions } from './arrival/runTest.ts';
import { ConnectError } from './connectError.ts';
import { addConnectOptions, type ConnectOptions } from './connectOptions.ts';
import { applyPlan } from './plan/applyPlan.ts';
import { overlapWarnings, routeWarnings } from './plan/desiredConnection.ts';
import { formatPlan, planDocument } from './plan/formatPlan.ts';
import { planConnection, type Step } from './plan/planConnection.ts';
import { hasWork } from './plan/planStep.ts';
import { readRotation } from './rotate/rotation.ts';
import {
  newSecretText,
  readSegmentSecret,
  type SegmentSecret,
  writeSegmentSecret,
} from './secret/segmentSecret.ts';
import { waitBeforeUse } from './secret/waitBeforeUse.ts';
import { currentSecrets, desiredConnection, openSession, readAgain, type Session } from './session.ts';
import type { ConnectTarget } from './target/connectTarget.ts';
import { withTarget } from './target/openTarget.ts';

interface SegmentOptions extends ConnectOptions, TestOptions {
  readonly dryRun?: true;
  readonly prune?: true;
  readonly writeSecret?: boolean;
  readonly test: boolean;
}

/** `segment` */
export function segmentCommand(): Command {
  const command = new Command('segment')
    .description(
      'Sets up a Segment source to post its events: a Webhooks (Actions) destination with the shared secret, and a mapping ' +
        'for each route with the filters of its triggers. Then sends a test event through. When it is run again, it changes ' +
        'what differs, and nothing else.',
    )
    .showHelpAfterError('(add --help to see how it is used)');
  return testOptions(addConnectOptions(command, 'one JSON document'))
    .option('--dry-run', 'only print the plan')
    .option('--prune', 'disable mappings of routes that no trigger names any more')
    .option('--write-secret', 'write the shared secret to Segment even if it seems to be the same')
    .option('--no-test', 'send no test event')
    .addHelpText(
      'after',
      '\nNeeds a Public API token of the workspace in SEGMENT_PUBLIC_API_TOKEN, and AWS credentials that can read the stack, ' +
        'its secret and its table.\n\nExamples:\n  npm run connect -- segment --source website --dry-run\n' +
        '  npm run connect -- segment --source website --eu --no-batching',
    )
    .action((options: SegmentOptions) => withTarget(options, (target) => connectSegment(target, options)));
}

async function connectSegment(target: ConnectTarget, options: SegmentOptions): Promise<void> {
  const output = processOutput(options.json === true);
  const session = await openSession(target, options, output);
  const secret = await readSegmentSecret(target);
  refuseAmidRotation(secret, target);
  const secrets = currentSecrets(secret);
  const { bearerToken } = secrets;
  const warnings = [
    ...routeWarnings(session.triggers),
    ...overlapWarnings(desiredConnection(target, session, secrets, options).mappings),
  ];
  for (const warning of warnings) {
    output.note(`note: ${warning}`);
  }
  const steps = [...tokenStep(bearerToken), ...stepsFor(target, session, secret, options)];
  // With --json, standard output holds only the document.
  const say = output.isJson ? output.note : output.text;
  say(`${target.title}  ←  source ${session.source.slug}\n`);
  say(formatPlan(steps));
  const isDone = !hasWork(steps) && bearerToken !== undefined;
  if (options.dryRun === true || isDone) {
    say(isDone ? '\nNothing to do.' : '\nNothing was changed (--dry-run).');
  } else {
    await carryOut(target, session, secret, options, output.note);
    say('\nSegment is set up.');
  }
  const arrival =
    options.dryRun !== true && options.test ? await runTest(target, session, options, output) : {};
  if (output.isJson) {
    output.document({ source: session.source.slug, warnings, plan: planDocument(steps), ...arrival });
  }
}

/** The first value of the secret is not for Segment yet: some receivers may not know it. */
function refuseAmidRotation({ members }: SegmentSecret, { flags }: ConnectTarget): void {
  const rotation = readRotation(members);
  if (rotation !== undefined && rotation.switchedAt === undefined) {
    throw new ConnectError(
      `A rotation of ${rotation.what} is under way: run npm run connect -- rotate${flags} again, or rotate --switched if you gave Segment the new value by hand.`,
    );
  }
}

/** We make the bearer token; the receivers must know it before it is used. */
function tokenStep(bearerToken: string | undefined): readonly Step[] {
  return bearerToken === undefined
    ? [{ what: "bearer token in the stack's secret", action: 'create', changes: [] }]
    : [];
}

function stepsFor(
  target: ConnectTarget,
  session: Session,
  secret: SegmentSecret,
  options: SegmentOptions,
): readonly Step[] {
  const desired = desiredConnection(target, session, currentSecrets(secret), options);
  const { prune = false, writeSecret = false } = options;
  return planConnection(desired, session.actual, { prune, writeSecret });
}

async function carryOut(
  target: ConnectTarget,
  session: Session,
  secret: SegmentSecret,
  options: SegmentOptions,
  note: (text: string) => void,
): Promise<void> {
  const known = await withBearerToken(target, secret, note);
  const steps = stepsFor(target, session, known, options);
  const isTokenAlone = options.batching && !session.offersSignatureHeader;
  const waitMs = waitBeforeUse(steps, known, isTokenAlone, Date.now());
  if (waitMs > 0) {
    note(`waiting ${Math.ceil(waitMs / 1000)} s, until every receiver knows the secret`);
    await sleep(waitMs);
  }
  await applyPlan(session.api, steps, session.actual.destination?.id, ({ action, what }) =>
    note(`done: ${action} ${what}`),
  );
  const after = await readAgain(target, session, options);
  const left = stepsFor(target, after, known, { ...options, writeSecret: false }).filter(
    ({ call }) => call !== undefined,
  );
  if (left.length > 0) {
    throw new ConnectError(
      `Segment answered that it is done, but shows something else: ${left
        .map(({ what, changes }) => `${what} (${changes.join(', ')})`)
        .join(', ')}. Set that up by hand: docs/connect-segment.md.`,
    );
  }
}

async function withBearerToken(
  target: ConnectTarget,
  secret: SegmentSecret,
  note: (text: string) => void,
): Promise<SegmentSecret> {
  if (currentSecrets(secret).bearerToken !== undefined) {
    return secret;
  }
  const known = await writeSegmentSecret(target, secret, { bearerToken: newSecretText() });
  note("done: create bearer token in the stack's secret");
  return known;
}
