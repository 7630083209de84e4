import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAwsClients } from '../../local/aws/clients.ts';
import { type AwsServers, startAwsServers } from '../../local/aws/servers.ts';
import { LocalSystemError } from '../../local/localSystemError.ts';
import { waitsForOthers } from '../../local/system/parkedRuns.ts';
import type { Context, LocalSystemOptions } from '../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../local/system.ts';
import {
  changed,
  type FixtureResources,
  fixtureResources,
  fixtureWithPulls,
  writeAssembly,
} from './fixtures/assembly.ts';

const systems: LocalSystem[] = [];
const { TMPDIR } = process.env;

/** Those of the systems that need none of their own: to start emulators takes as long as a whole test. */
let servers: AwsServers;

/** Starts the embedded servers, which only this system uses. */
const ownServers = { endpoints: {} } as const;

/** Its own directory, because other tests may boot systems at the same time. */
let temporaryDirectory: string;

beforeAll(async () => {
  temporaryDirectory = await mkdtemp(join(tmpdir(), 'system-test-'));
  process.env.TMPDIR = temporaryDirectory;
  servers = await startAwsServers({}, process.env.PATH ?? '');
});

afterAll(async () => {
  await servers?.stop();
  if (TMPDIR === undefined) {
    delete process.env.TMPDIR;
  } else {
    process.env.TMPDIR = TMPDIR;
  }
  await rm(temporaryDirectory, { recursive: true });
});

afterEach(async () => {
  await Promise.all(systems.splice(0).map((system) => system.stop()));
});

async function boot(
  options: Partial<LocalSystemOptions> = {},
  resources?: FixtureResources,
): Promise<LocalSystem> {
  const system = await bootLocalSystem({
    maveraBaseUrl: 'http://127.0.0.1:1/api/v1',
    endpoints: servers.endpoints,
    synthesize: ({ outdir }) => writeAssembly(outdir, resources),
    ...options,
  });
  systems.push(system);
  return system;
}

async function post(system: LocalSystem, body: string): Promise<Response> {
  return fetch(system.segmentUrl, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
}

async function readEntry(system: LocalSystem, pk: string): Promise<Record<string, AttributeValue>> {
  const { Item } = await system.clients.dynamodb.send(
    new GetItemCommand({ TableName: system.resources.tableName, Key: { pk: { S: pk } } }),
  );
  return Item ?? {};
}

/** How often the message of an entry had been received when it was done. */
async function receiveCount(system: LocalSystem, pk: string): Promise<number> {
  return Number((await readEntry(system, pk)).receiveCount?.N ?? 0);
}

/** The template's id of the queue from which an entry was done. */
async function queueOf(system: LocalSystem, pk: string): Promise<string | undefined> {
  return (await readEntry(system, pk)).queueName?.S?.split('-')[1];
}

async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe('a system', () => {
  it('passes a request from the Function URL through table and queue to the runner and the topic', async () => {
    const messages: unknown[] = [];
    const onLog: LocalSystemOptions['onLog'] = ({ record }) => messages.push(record?.message);
    const system = await boot({ ...ownServers, onLog });
    expect((await post(system, 'one')).status).toBe(202);
    await system.waitUntilDrained(120_000);
    expect(await receiveCount(system, 'one')).toBe(1);
    expect(messages).toEqual(['request']);
    const { allowed, refused } = system.gateway.calls();
    const byDispatcher = (name: string): boolean => name === system.dispatcher.functionName;
    const others = allowed.filter(({ functionName }) => !byDispatcher(functionName));
    expect(new Set(others.map(({ action }) => action))).toEqual(
      new Set([
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'sns:Publish',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ]),
    );
    expect(refused).toEqual([]);
  });

  it('puts the values of the options into the secrets', async () => {
    const maveraApiKey = 'mvra_live_of_a_test';
    const system = await boot({ sharedSecret: 'shared', bearerToken: 'bearer', maveraApiKey });
    expect(await (await post(system, 'secret')).json()).toEqual({
      sharedSecret: 'shared',
      bearerToken: 'bearer',
    });
    const mavera = new GetSecretValueCommand({ SecretId: 'fixture/mavera' });
    const { SecretString = '' } = await system.clients.secretsmanager.send(mavera);
    expect(JSON.parse(SecretString)).toEqual({ apiKey: maveraApiKey });
  });

  it('creates queues with the properties of the template', async () => {
    const system = await boot();
    const { runQueueUrl, deadLetterQueueUrl } = system.resources;
    const attributes = async (QueueUrl: string): Promise<Record<string, string> | undefined> =>
      (await system.clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })))
        .Attributes;
    const deadLetters = await attributes(deadLetterQueueUrl);
    expect(deadLetters).toMatchObject({ MessageRetentionPeriod: '1209600' });
    const runs = await attributes(runQueueUrl);
    expect(runs).toMatchObject({ VisibilityTimeout: '1080' });
    expect(JSON.parse(runs?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: deadLetters?.QueueArn,
      maxReceiveCount: 5,
    });
  });

  it('refuses calls that the role of a function does not permit', async () => {
    const system = await boot();
    expect(await (await post(system, 'forbidden')).json()).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/is not authorized to perform: dynamodb:DeleteItem on resource: arn:/),
    });
    expect(system.gateway.calls().refused).toMatchObject([{ action: 'dynamodb:DeleteItem', count: 1 }]);
  });

  it('reports what is left when the queue is not empty in time', async () => {
    const system = await boot();
    await post(system, 'slow');
    await expect(system.waitUntilDrained(500)).rejects.toThrow(
      /^work is left after 0.5 s: messages in Fixture-RunQueue-\w+: 0 visible, 0 delayed, 1 in flight; invocations under way: \d+$/,
    );
  });

  it('can run beside another system', async () => {
    const [first, second] = await Promise.all([boot(ownServers), boot(ownServers)]);
    await Promise.all([post(first, 'one'), post(second, 'two')]);
    await Promise.all([first.waitUntilDrained(120_000), second.waitUntilDrained(120_000)]);
    expect(await receiveCount(first, 'one')).toBe(1);
    expect(await receiveCount(first, 'two')).toBe(0);
  });

  it('leaves nothing behind when it is stopped, also twice', async () => {
    const system = await boot(ownServers);
    await post(system, 'slow');
    await system.runSchedule('forgetter');
    const { receiver, runner, dispatcher, forgetter } = system;
    const living = (): readonly number[] =>
      [receiver, runner, dispatcher, forgetter].flatMap((pool) => pool?.pids() ?? []);
    await expect.poll(living).toHaveLength(4);
    const pids = living();
    await Promise.all([system.stop(), system.stop()]);
    await system.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    const urls = [system.segmentUrl, system.gateway.endpoint, ...Object.values(system.endpoints)];
    expect(await Promise.all(urls.map(isListening))).toEqual(urls.map(() => false));
    expect(await readdir(temporaryDirectory)).toEqual([]);
  });
});

describe('the queues of a system', () => {
  it('all reach the runner, also that of the dispatcher', async () => {
    const system = await boot({ dispatchEverySeconds: 1 });
    const bodies = ['one', 'bulk', 'park'];
    await Promise.all(bodies.map((body) => post(system, body)));
    await system.waitUntilDrained(120_000);
    const queues = await Promise.all(bodies.map((body) => queueOf(system, body)));
    expect(queues).toEqual(['RunQueue', 'BulkQueue', 'ReadyQueue']);
    const dispatched = system.gateway
      .calls()
      .allowed.filter(({ functionName }) => functionName === system.dispatcher.functionName);
    expect(dispatched).toContainEqual(
      expect.objectContaining({
        action: 'dynamodb:Query',
        resource: expect.stringMatching(/:table\/Fixture-Ledger-\w+\/index\/Parked$/),
      }),
    );
    expect(system.gateway.calls().refused).toEqual([]);
  });

  it('together set how many environments a function has, with one more for its schedule', async () => {
    const { receiver, runner, dispatcher, forgetter } = await boot({ receiverPoolSize: 5 });
    expect([receiver, runner, dispatcher, forgetter].map((pool) => pool?.limit)).toEqual([
      5,
      2 + 3 + 4,
      3,
      1,
    ]);
  });

  it.each(['slow', 'bulk-slow'])('deliver the work of a killed runner again: %s', async (slow) => {
    const system = await boot({ redeliverAfterSeconds: 1 });
    await post(system, slow);
    const atWork = (): number | undefined =>
      system.runner.environments().find(({ requestId }) => requestId !== undefined)?.pid;
    await expect.poll(atWork).toBeDefined();
    process.kill(atWork() ?? Number.NaN, 'SIGKILL');
    await system.waitUntilDrained(120_000);
    expect(await receiveCount(system, slow)).toBe(2);
  });
});

describe('a parked run', () => {
  it('is work that is left, unless it may stay', async () => {
    const system = await boot();
    await post(system, 'park-approval');
    const parked = [{ trigger: 'fixture', lane: '~approval', count: 1 }];
    expect(await system.waitUntilDrained(120_000, waitsForOthers)).toEqual(parked);
    await expect(system.waitUntilDrained(0)).rejects.toThrow(
      /^work is left after 0 s: .*parked: 1 run of fixture \(until a person approves\)$/,
    );
  });
});

describe('the schedule of a function', () => {
  it('starts the dispatcher again and again, at the set interval', async () => {
    const { dispatcher } = await boot({ dispatchEverySeconds: 1 });
    await expect.poll(() => dispatcher.invocations).toBeGreaterThan(2);
  });

  it('can be run at once, with the event of EventBridge and the set interval', async () => {
    const system = await boot({ dispatchEverySeconds: 7 });
    const result = await system.runSchedule('dispatcher');
    expect(result.ok ? JSON.parse(result.payload) : result).toEqual({
      everySeconds: '7',
      event: {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        region: 'us-east-1',
        resources: [
          expect.stringMatching(
            /^arn:aws:events:us-east-1:000000000000:rule\/Fixture-DispatcherSchedule-\w{6}$/,
          ),
        ],
        detail: {},
      },
    });
  });

  it('starts the forgetter only on demand', async () => {
    const system = await boot({ dispatchEverySeconds: 1 });
    await expect.poll(() => system.dispatcher.invocations).toBeGreaterThan(2);
    expect(system.forgetter?.invocations).toBe(0);
    expect(await system.runSchedule('forgetter')).toMatchObject({ ok: true });
    expect(system.forgetter?.invocations).toBe(1);
  });

  it('reports an error of the function, and does not repeat the invocation', async () => {
    const errors: unknown[] = [];
    const system = await boot({ dispatchEverySeconds: 3600, onError: (error) => errors.push(error) });
    await expect.poll(() => system.dispatcher.busy).toBe(0);
    await post(system, 'park-broken');
    await system.waitUntilDrained(120_000, () => true);
    const before = system.dispatcher.invocations;
    expect(await system.runSchedule('dispatcher')).toMatchObject({ ok: false });
    expect(errors).toEqual([
      new LocalSystemError('Dispatcher failed: Error: park-broken cannot be dispatched'),
    ]);
    expect(system.dispatcher.invocations).toBe(before + 1);
  });

  it('cannot be run for a function that the template does not have', async () => {
    const { Forgetter, ForgetterSchedule, ...others } = fixtureResources;
    const system = await boot({}, others);
    await expect(system.runSchedule('forgetter')).rejects.toThrow('the template has no forgetter');
  });
});

describe('the pulls of a system', () => {
  it('start by hand, with the message of their schedule', async () => {
    const filesOrigin = 'http://127.0.0.1:9';
    const system = await boot({ filesOrigin }, fixtureWithPulls);
    expect(system.pulls).toEqual({ weekly: 'cron(17 3 ? * TUE *) UTC', stuck: 'rate(5 days) UTC' });
    expect(system.puller?.limit).toBe(5);
    expect(system.puller?.invocations).toBe(0);
    const occurrence = await system.startPull('weekly');
    expect(occurrence).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z-by-hand$/);
    await system.waitUntilDrained(120_000);
    expect(await readEntry(system, 'pull#weekly')).toMatchObject({
      occurrence: { S: occurrence },
      origin: { S: filesOrigin },
    });
    expect(system.gateway.calls().refused).toEqual([]);
  });

  it('are work that is left while they are at work, also without a message', async () => {
    const system = await boot({}, fixtureWithPulls);
    await system.startPull('stuck');
    await expect.poll(() => readEntry(system, 'pull#stuck')).toHaveProperty('status');
    const left = (): Promise<string> =>
      system.waitUntilDrained(0).then(
        () => '',
        (error: Error) => error.message,
      );
    await expect.poll(left).toMatch(/; pulls at work: stuck$/);
  });

  it('have queues with the properties of the template', async () => {
    const { clients, resources } = await boot({}, fixtureWithPulls);
    const { pullQueueUrl: QueueUrl, pullDeadLetterQueueUrl } = resources;
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '960' });
    expect(pullDeadLetterQueueUrl).toMatch(/Fixture-PullDeadLetters-\w+$/);
  });

  it('cannot be started when no trigger of this name pulls', async () => {
    const system = await boot({}, fixtureWithPulls);
    await expect(system.startPull('monthly')).rejects.toThrow(
      'there is no pull monthly: the pulls are weekly, stuck',
    );
    const without = await boot();
    expect([without.puller, without.pulls]).toEqual([undefined, {}]);
    await expect(without.startPull('weekly')).rejects.toThrow(
      'there is no pull weekly: the triggers pull nothing',
    );
  });

  it('do not boot when their schedules may not send', async () => {
    const resources = changed('PullSchedulesRole', { Policies: [] }, fixtureWithPulls);
    await expect(boot({}, resources)).rejects.toThrow(
      /^PullScheduleWeekly: EventBridge Scheduler could not send\. .* is not authorized to perform: sqs:SendMessage/,
    );
  });
});

describe('the template of a system', () => {
  it.each([
    [{}, 10],
    [{ runnerConcurrency: 3 }, 3],
  ])(
    'is synthesized for as many processes as fit on one machine, unless set: %j',
    async (context, runners) => {
      let given: Context = {};
      const synthesize: LocalSystemOptions['synthesize'] = async (options) => {
        given = options.context;
        await writeAssembly(options.outdir);
      };
      await boot({ context, synthesize });
      expect(given.runnerConcurrency).toBe(runners);
    },
  );
});

describe('a boot that fails', () => {
  it('leaves nothing behind, and says why', async () => {
    const port = await boot(ownServers).then(async (system) => {
      await system.stop();
      return Number(new URL(system.segmentUrl).port);
    });
    const synthesize = (): Promise<never> => Promise.reject(new Error('no triggers'));
    await expect(boot({ ...ownServers, port, synthesize })).rejects.toThrow('no triggers');
    expect(await isListening(`http://127.0.0.1:${port}/`)).toBe(false);
    expect(await readdir(temporaryDirectory)).toEqual([]);
  });

  it('ends when it is aborted', async () => {
    await expect(boot({ ...ownServers, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('names the permission that Lambda lacks for the mapping', async () => {
    const Policies = [
      {
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sqs:ReceiveMessage',
              Resource: { 'Fn::GetAtt': ['RunQueue', 'Arn'] },
            },
          ],
        },
      },
    ];
    await expect(boot({}, changed('RunnerRole', { Policies }))).rejects.toThrow(
      /^RunnerMapping: Lambda would refuse it\. .* is not authorized to perform: sqs:DeleteMessage on resource/,
    );
  });

  it('names the function that the template lacks', async () => {
    const { RunnerMapping, BulkMapping, ReadyMapping, ...others } = fixtureResources;
    await expect(boot({}, others)).rejects.toThrow(
      'the template must have a function behind queues and without a schedule: the runner',
    );
  });

  it('names two functions of one kind', async () => {
    const resources = changed('BulkMapping', { FunctionName: { Ref: 'Forgetter' } });
    await expect(boot({}, resources)).rejects.toThrow(
      'the template must have only one function behind a queue and with a schedule (the dispatcher), and has Dispatcher, Forgetter',
    );
  });

  it.each([
    [
      'DispatcherSchedule',
      { Targets: [{ Arn: 'arn:aws:lambda:us-east-1:000000000000:function:other', Id: 'a' }] },
    ],
    ['BulkMapping', { FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:other' }],
  ])('names what invokes an unknown function: %s', async (logicalId, properties) => {
    await expect(boot({}, changed(logicalId, properties))).rejects.toThrow(
      `${logicalId}: arn:aws:lambda:us-east-1:000000000000:function:other is not a function of the template`,
    );
  });

  it('names the mapping of a queue that the template does not have', async () => {
    const EventSourceArn = 'arn:aws:sqs:us-east-1:000000000000:other';
    await expect(boot({}, changed('BulkMapping', { EventSourceArn }))).rejects.toThrow(
      `BulkMapping: ${EventSourceArn} is not a queue of the template`,
    );
  });

  it.each([
    ['Ledger', { StreamSpecification: {} }, 'Ledger: StreamSpecification: streams are not supported'],
    ['RunQueue', { FifoQueue: true }, 'RunQueue: Unrecognized key: "FifoQueue"'],
    [
      'RunQueue',
      { QueueName: { 'Fn::ImportValue': 'x' } },
      'RunQueue: the local system does not know Fn::ImportValue',
    ],
  ])('names the resource that cannot be created: %s with %j', async (logicalId, properties, message) => {
    await expect(boot({}, changed(logicalId, properties))).rejects.toThrow(message);
  });
});

describe('a system on other servers', () => {
  it('uses them, and removes its resources at the end', async () => {
    const clients = createAwsClients(servers.endpoints);
    const system = await boot({ endpoints: servers.endpoints });
    await post(system, 'one');
    await system.waitUntilDrained(120_000);
    expect(await receiveCount(system, 'one')).toBe(1);
    const tables = async (): Promise<unknown> =>
      (await clients.dynamodb.send(new ListTablesCommand({}))).TableNames;
    expect(await tables()).toEqual([system.resources.tableName]);
    await system.stop();
    expect(await tables()).toEqual([]);
    expect((await clients.sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect((await clients.sns.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
    await expect(
      clients.secretsmanager.send(new DescribeSecretCommand({ SecretId: 'fixture/mavera' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    clients.destroy();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
