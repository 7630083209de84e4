import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../../functions/triggers/duration.ts';
import type { Output } from '../../ops/output.ts';
import { ConnectError } from '../connectError.ts';
import { triggersByRoute } from '../plan/desiredConnection.ts';
import type { Session } from '../session.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import { sendTestEvent } from './sendTestEvent.ts';
import { hasClaim, waitForArrival } from './waitForArrival.ts';

/** The routes by which a test event arrived, with the seconds; and those by which it did not. */
export interface Arrival {
  readonly arrived: Readonly<Record<string, number>>;
  readonly missing: readonly string[];
}

/** How long a test waits. */
export interface TestOptions {
  /** In milliseconds. */
  readonly wait: number;
}

/** Segment may hold an event back for a minute to fill a batch. */
const defaultWaitMs = 3 * 60_000;

export function testOptions(command: Command): Command {
  return command.addOption(waitOption('how long to wait for the test event', defaultWaitMs, '3m'));
}

/** `--wait`, a duration. */
export function waitOption(description: string, defaultMs: number, shownDefault: string): Option {
  return new Option('--wait <duration>', `${description}, such as 90s or 5m`)
    .default(defaultMs, shownDefault)
    .argParser(duration);
}

/**
 * Sends an event through Segment and waits until the receiver has it, by each route. If it does not arrive, it says where to
 * look, and the exit code is 1.
 *
 * @throws ConnectError if it cannot be sent
 */
export async function runTest(
  target: ConnectTarget,
  { source, triggers, trackingUrl }: Session,
  { wait: waitMs }: TestOptions,
  output: Output,
): Promise<Arrival> {
  const { SEGMENT_WRITE_KEY = '' } = process.env;
  const writeKey = source.writeKeys[0] ?? SEGMENT_WRITE_KEY;
  if (writeKey === '') {
    throw new ConnectError(
      `The token may not see the write key of ${source.slug} (it needs "Source Admin"): put the key into SEGMENT_WRITE_KEY, or skip the test with --no-test.`,
    );
  }
  const routes = [...triggersByRoute(triggers).keys()];
  output.note(`sending a test event through ${source.slug}, waiting up to ${Math.round(waitMs / 1000)} s`);
  const messageId = await sendTestEvent(trackingUrl, writeKey);
  const arrived = await waitForArrival({
    routes,
    hasArrived: (route) => hasClaim(target, route, messageId),
    waitMs,
    now: Date.now,
    sleep,
    onProgress: (missing, elapsedMs) =>
      output.note(`${Math.round(elapsedMs / 1000)} s: not yet by ${missing.join(', ')}`),
  });
  return tellArrival(
    routes,
    arrived,
    waitMs,
    "Look for the receiver's answer on the destination's page Event Delivery at Segment, and in the receiver's log; see the " +
      `alarm SignatureFailures; and run npm run connect -- check --source ${source.slug}${target.flags}.`,
    output,
  );
}

/** Tells by which routes a test event has arrived. If one is missing, it says where to look, and the exit code is 1. */
export function tellArrival(
  routes: readonly string[],
  arrived: ReadonlyMap<string, number>,
  waitMs: number,
  whereToLook: string,
  output: Output,
): Arrival {
  const missing = routes.filter((route) => !arrived.has(route));
  const say = output.isJson ? output.note : output.text;
  for (const [route, ms] of arrived) {
    say(`The test event arrived by the route ${route} after ${(ms / 1000).toFixed(0)} s.`);
  }
  if (missing.length > 0) {
    process.exitCode = 1;
    output.note(
      `The test event did not arrive by ${missing.join(', ')} within ${Math.round(waitMs / 1000)} s. ${whereToLook}`,
    );
  }
  const seconds = [...arrived].map(([route, ms]) => [route, Math.round(ms / 1000)]);
  return { arrived: Object.fromEntries(seconds), missing };
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1_000 || ms > 3_600_000) {
    throw new InvalidArgumentError('Expected a duration from 1s to 1h, such as 90s or 5m.');
  }
  return ms;
}
