import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { toRunState } from '../../../functions/ledger/runState.ts';
import { signSegOpsRequest } from '../../../functions/sources/segops/signRequest.ts';
import type { EnvironmentPool } from '../../../local/lambda/environmentPool.ts';
import { post } from '../../../simulators/http/post.ts';
import { type DeliveryOutcome, sendToWebhook } from '../../../simulators/segment/sendToWebhook.ts';
import { postEvents } from '../../../simulators/sendgrid/postEvents.ts';
import { type CrashCase, keysOf } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';
import { ParkedRun } from './parkedRun.ts';
import { mailsOf, payloadOf, recomputedOf, sourceOf } from './scenario.ts';

/** Segment's waits between attempts are multiplied with it. */
const timeScale = 0.1;
/** A dead lease and a usual run after it. If a run takes longer, the next case begins beside it. */
const longestCaseMs = 40_000;

const lookEveryMs = 200;
const mostPosts = 100;

/**
 * Sends the events of many cases at once, as Segment does: again after 5xx and without an answer, batches mixed differently
 * each time.
 */
export async function sendCases(
  system: CrashSystem,
  cases: readonly CrashCase[],
  atOnce: number,
  onSent: () => void,
): Promise<ReadonlyMap<CrashCase, DeliveryOutcome>> {
  const outcomes = new Map<CrashCase, DeliveryOutcome>();
  const sendSome = (some: readonly CrashCase[], limit: number): Promise<unknown> =>
    mapConcurrently(some, limit, async (crashCase) => {
      const parkedRun = crashCase.scenario.parked && new ParkedRun(system, crashCase);
      await parkedRun?.prepare();
      await forget(system, crashCase);
      outcomes.set(crashCase, await send(system, crashCase));
      if (crashCase.scenario.atOnce !== undefined) {
        await ended(system, crashCase, parkedRun);
      }
      await parkedRun?.end();
      onSent();
    });
  // Cases with a small limit come first: behind a backlog, each of their steps would wait.
  const limits = [...new Set(cases.map(({ scenario }) => scenario.atOnce ?? atOnce))].sort((a, b) => a - b);
  for (const limit of limits) {
    const some = cases.filter(({ scenario }) => (scenario.atOnce ?? atOnce) === limit);
    await sendSome(some, limit);
  }
  return outcomes;
}

async function send(crashSystem: CrashSystem, crashCase: CrashCase): Promise<DeliveryOutcome> {
  const { system, saboteur } = crashSystem;
  const { isCold, victim } = crashCase.scenario;
  saboteur.add(crashCase);
  if (isCold === true && victim !== 'dispatcher') {
    await endAll(system[victim]);
  }
  switch (sourceOf(crashCase.scenario)) {
    case 'segment': {
      const { outcome } = await sendToWebhook({
        url: system.segmentUrl,
        payload: payloadOf(crashCase.id, crashCase.scenario),
        secret: system.sharedSecret,
        remixBatches: true,
        retry: { timeScale, greatestDelayMs: 60_000 },
      });
      return outcome;
    }
    case 'sendgrid': {
      const { outcome } = await postEvents({
        url: system.sourceUrls.sendgrid ?? '',
        events: mailsOf(crashCase.id, crashCase.scenario),
        privateKey: crashSystem.sendGridKey,
        // Its waits are longer than Segment's: 10 seconds at first.
        retry: { timeScale: timeScale / 5, greatestDelayMs: 300_000 },
      });
      return outcome;
    }
    case 'segops':
      return await postUntilTaken(crashSystem, recomputedOf(crashCase.id, crashCase.scenario));
  }
}

/** SegOps does not try again: here it does, because the runner is the victim of its cases. */
async function postUntilTaken({ system }: CrashSystem, event: object): Promise<'delivered' | 'expired'> {
  const { body, headers } = signSegOpsRequest(event, system.segopsWebhookSecret);
  const url = new URL(system.sourceUrls.segops ?? '');
  for (let attempt = 1; attempt <= mostPosts; attempt += 1) {
    const request = { url, method: 'POST', headers: new Headers(headers), body, timeoutMs: 10_000 };
    const { status } = await post(request);
    if (status === 200) {
      return 'delivered';
    }
    await sleep(lookEveryMs);
  }
  return 'expired';
}

/** What all runs share is asked for again only if it is not kept. */
async function forget({ system }: CrashSystem, { scenario: { forgets = [] } }: CrashCase): Promise<void> {
  const { tableName } = system.resources;
  for (const pk of forgets) {
    await system.clients.dynamodb.send(
      new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: pk } } }),
    );
  }
}

/** Waits until the runs of a case have ended, or for as long as most take. */
async function ended(
  { system, saboteur }: CrashSystem,
  crashCase: CrashCase,
  parkedRun: ParkedRun | undefined,
): Promise<void> {
  const keys = keysOf(crashCase).flatMap(({ runId, follower }) => [
    `run#${runId}`,
    ...(follower === undefined ? [] : [`run#${follower.runId}`]),
  ]);
  const giveUpAtMs = Date.now() + longestCaseMs;
  for (;;) {
    const items = await new LedgerTable(system.clients.dynamodb, system.resources.tableName).read(keys);
    const states = keys.map((key) => toRunState(items.get(key)?.state?.S ?? 'waiting'));
    const isOver = states.every((state) => state !== 'waiting' && state !== 'calling');
    // The fault was met, so the call's case is known. The run itself may wait for a minute.
    const isMet = crashCase.scenario.isCold === true && saboteur.metBy(crashCase.id) > 0;
    if (isOver || isMet || Date.now() > giveUpAtMs) {
      return;
    }
    await parkedRun?.act();
    await sleep(lookEveryMs);
  }
}

/** Ends all processes of a function and waits until they are gone, so that the next event starts a new one. */
async function endAll(pool: EnvironmentPool): Promise<void> {
  const pids = pool.pids();
  for (const pid of pids) {
    process.kill(pid, 'SIGKILL');
  }
  while (pool.pids().some((pid) => pids.includes(pid))) {
    await sleep(20);
  }
}
