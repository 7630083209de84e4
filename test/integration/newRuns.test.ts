import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPersona } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, startParkingWorld } from './parkingWorld.ts';
import { newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const ask = createPersona(() => ({ name: 'Leaver', description: 'Left us' }));
const triggers: readonly Trigger[] = [
  { name: 'ask', when: 'type = "track"', run: ask },
  {
    name: 'broken',
    when: 'type = "track"',
    run: ask,
    cancelledBy: {
      when: 'event = "renewed"',
      per: () => {
        throw new Error('no key');
      },
    },
  },
  { name: 'cooling', when: 'type = "track"', run: ask, cooldown: { per: 'user', for: '1h' } },
];

let world: World;
let parking: ParkingWorld;
let client: DynamoDBClient;
/** The names of the commands that the runner has sent, with the run items that they write. */
let writes: string[];

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

afterEach(() => parking.stop());

async function start(): Promise<void> {
  client = await newClient(world);
  writes = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { Key } = args.input as { readonly Key?: { readonly pk?: { readonly S?: string } } };
        if (Key?.pk?.S?.startsWith('run#')) {
          writes.push(`${commandName}`);
        }
        return await next(args);
      },
    { step: 'initialize', name: 'listWrites' },
  );
  parking = await startParkingWorld({ ...world, clients: { ...world.clients, dynamodb: client } }, triggers);
}

/** Has each write of a run's item reach the ledger twice, as if the answer to the first attempt were lost. */
function loseAnswers(): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { Key } = args.input as { readonly Key?: { readonly pk?: { readonly S?: string } } };
      if (Key?.pk?.S?.startsWith('run#')) {
        await next(args).catch(() => undefined);
      }
      return await next(args);
    },
    { step: 'initialize', name: 'loseAnswers' },
  );
}

const names = (): readonly (string | undefined)[] => parking.mavera.personas().map(({ name }) => name);

describe('a new run at its admission', () => {
  it('has its item made by the write that says for which slot it waits', async () => {
    await start();
    const run = parking.runOf('ask');
    await parking.deliver(run, 'intake');
    expect(writes).toEqual(['UpdateItemCommand']);
    expect(await parking.runner.ledger.readOne(`run#${run.runId}`)).toMatchObject({
      state: { S: 'waiting' },
      reason: { S: 'pace' },
      leaseUntilMs: { N: '0' },
      attempts: { N: '0' },
      trigger: { S: 'ask' },
      updatedAtMs: { N: String(parking.now()) },
    });
  });

  it('whose trigger has a cooldown is taken first', async () => {
    await start();
    await parking.deliver(parking.runOf('cooling'), 'intake');
    expect(writes).toEqual(['UpdateItemCommand', 'UpdateItemCommand']);
  });

  it('whose message comes twice at once is done once', async () => {
    await start();
    const run = parking.runOf('ask');
    await Promise.all([parking.deliver(run, 'intake'), parking.deliver(run, 'intake')]);
    await parking.work(parking.now() + 60_000);
    expect(names()).toEqual(['Leaver']);
  });

  it('whose first write is answered too late has made its item', async () => {
    await start();
    loseAnswers();
    expect(await parking.deliver(parking.runOf('ask'), 'intake')).toMatchObject({
      outcome: 'waiting',
      reason: 'pace',
    });
    expect(parking.sent()).toHaveLength(1);
    expect(writes).toHaveLength(1);
  });
});

describe('a copy of a message that was never delivered before', () => {
  it('changes nothing of a run that is done', async () => {
    await start();
    const run = parking.runOf('ask');
    await parking.deliver(run, 'intake');
    await parking.work(parking.now() + 60_000);
    const [item, details] = await read(run.runId);
    expect(await parking.deliver(run, 'intake')).toMatchObject({
      outcome: 'repeated',
      reason: 'finished_before',
    });
    expect(await read(run.runId)).toEqual([item, details]);
    expect(details?.request).toBeDefined();
    expect(parking.sent()).toEqual([]);
  });

  it('of a run that has failed adds no dead letter', async () => {
    await start();
    const run = parking.runOf('broken');
    expect(await parking.deliver(run, 'intake')).toMatchObject({
      outcome: 'failed',
      reason: 'builder_failed',
    });
    expect(parking.sent().map(({ queue }) => queue)).toEqual(['dead-letters']);
    expect(await parking.deliver(run, 'intake')).toMatchObject({ outcome: 'repeated' });
    expect(parking.sent()).toEqual([]);
  });
});

async function read(runId: string) {
  const { ledger } = parking.runner;
  return [await ledger.readOne(`run#${runId}`), await ledger.readOne(`details#${runId}`)] as const;
}
