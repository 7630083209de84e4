import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimOutcome, judgeClaim } from '../../functions/ledger/claimState.ts';
import { Claims } from '../../functions/ledger/claims.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { judgeRun } from '../../functions/ledger/runState.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { newRun } from './runnerWorld.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const farSeconds = nowMs / 1000 + 86_400;

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

/** Every combination of one value of each list. */
const owners = ['me', 'another'] as const;
const leases = [nowMs - 1, nowMs, nowMs + 1] as const;
const claimsFound = (['claiming', 'queued'] as const).flatMap((state) =>
  owners.flatMap((owner) =>
    leases.flatMap((leaseUntilMs) =>
      [nowMs / 1000, nowMs / 1000 + 1].map((expiresAtSeconds) => ({
        state,
        owner,
        leaseUntilMs,
        expiresAtSeconds,
      })),
    ),
  ),
);
const runsFound = (['waiting', 'calling', 'done', 'failed', 'skipped'] as const).flatMap((state) =>
  owners.flatMap((owner) => leases.map((leaseUntilMs) => ({ state, owner, leaseUntilMs }))),
);

// The ledger's conditions accept exactly what the decision functions call free: the model uses the functions.
describe('the conditions of the ledger', () => {
  it.each(claimsFound)(
    'a claim can be taken exactly when judgeClaim calls it free: $state of $owner until $leaseUntilMs, $expiresAtSeconds',
    async (found) => {
      const pk = `claim#${JSON.stringify(found)}`;
      const item = {
        pk: { S: pk },
        state: { S: found.state },
        owner: { S: found.owner },
        leaseUntilMs: { N: `${found.leaseUntilMs}` },
        expiresAt: { N: `${found.expiresAtSeconds}` },
      };
      await world.clients.dynamodb.send(new PutItemCommand({ TableName: world.table, Item: item }));
      const claims = new Claims(new LedgerTable(world.clients.dynamodb, world.table), (error) => {
        throw error;
      });
      const options = {
        owner: 'me',
        nowMs,
        leaseUntilMs: nowMs + 10_000,
        expiresAtSeconds: farSeconds,
        signal: AbortSignal.timeout(30_000),
      };
      const verdict = judgeClaim(found, 'me', nowMs);
      expect((await claims.claim([pk], options)).get(pk)).toBe(
        verdict === 'free' ? 'claimed' : claimOutcome(verdict),
      );
      // The condition itself does not compare owners.
      const isFree = judgeClaim({ ...found, owner: 'another' }, 'me', nowMs) === 'free';
      expect((await world.item(pk))?.leaseUntilMs === nowMs + 10_000).toBe(isFree);
    },
  );

  it.each(runsFound)(
    'a run can be taken exactly when judgeRun calls it free: $state of $owner until $leaseUntilMs',
    async (found) => {
      const run = newRun('x', nowMs);
      const item = {
        pk: { S: `run#${run.runId}` },
        state: { S: found.state },
        owner: { S: found.owner },
        leaseUntilMs: { N: `${found.leaseUntilMs}` },
      };
      await world.clients.dynamodb.send(new PutItemCommand({ TableName: world.table, Item: item }));
      const options = { nowMs, leaseUntilMs: nowMs + 10_000, expiresAtSeconds: farSeconds };
      const taken = await new Runs(new LedgerTable(world.clients.dynamodb, world.table)).take(
        { runId: run.runId, owner: 'me' },
        run,
        options,
      );
      const verdict = judgeRun(found, 'me', nowMs);
      const kinds = { free: 'taken', mine: 'taken', finished: 'finished', busy: 'busy' } as const;
      expect(taken.kind).toBe(kinds[verdict]);
    },
  );
});
