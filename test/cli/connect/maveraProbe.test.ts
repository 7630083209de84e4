import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runFocusGroupPerformer } from '../../../functions/mavera/actions/runFocusGroupPerformer.ts';
import { type RunFocusGroupOptions, runFocusGroup } from '../../../functions/triggers/actions.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { localCredentials, region } from '../../../local/account/account.ts';
import { startSecretsManager } from '../../../local/aws/secretsManagerServer.ts';
import { writeLocalState } from '../../../local/dev/localState.ts';
import {
  type MaveraSimulator,
  type MaveraSimulatorOptions,
  startMaveraSimulator,
} from '../../../simulators/mavera/simulator.ts';
import type { Result } from '../runCommand.ts';
import { runConnect } from './connectWorld.ts';

const apiKey = 'mvra_live_0123456789abcdef0123456789abcdef';
const nowhere = 'http://127.0.0.1:1';
const probe = ['mavera', '--probe'] as const;
const spend = [...probe, '--focus-group', '--yes'] as const;

interface ProbeWorld {
  readonly mavera: MaveraSimulator;
  /** Runs `npm run connect -- <args> --local`. */
  connect(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>;
  /** A file of the directory in which the command runs, parsed. */
  read(file: string): Promise<Readonly<Record<string, unknown>>>;
  write(file: string, content: unknown): Promise<void>;
  /** Calls that may spend credits. */
  posts(): number;
}

/** A local system's state with a secret and a Mavera of its own. */
async function useProbeWorld(
  secret: object = { apiKey },
  options: MaveraSimulatorOptions = {},
  maveraUrl?: string,
): Promise<ProbeWorld> {
  const server = await startSecretsManager();
  const client = new SecretsManagerClient({
    region,
    credentials: localCredentials,
    endpoint: server.endpoint,
  });
  const SecretString = JSON.stringify(secret);
  const { ARN: maveraSecretArn = '' } = await client.send(
    new CreateSecretCommand({ Name: 'mavera', SecretString }),
  );
  const mavera = await startMaveraSimulator({ apiKey, latency: 1, focusGroupMs: 1, ...options });
  const directory = await mkdtemp(join(tmpdir(), 'connect-'));
  onTestFinished(async () => {
    client.destroy();
    await Promise.all([mavera.stop(), server.stop(), rm(directory, { recursive: true })]);
  });
  await writeLocalState(directory, {
    version: 2,
    pid: process.pid,
    endpoints: { dynamodb: nowhere, sqs: nowhere, secretsmanager: server.endpoint },
    tableName: 'ledger',
    runQueueUrl: nowhere,
    deadLetterQueueUrl: nowhere,
    segmentUrl: `${nowhere}/segment`,
    segmentSecretArn: 'none',
    maveraSecretArn,
    maveraApi: { apiUrl: maveraUrl ?? mavera.baseUrl },
    triggersFile: join(projectRoot, 'triggers.ts'),
  });
  return {
    mavera,
    connect: (args, env = {}) => runConnect(args, directory, env),
    read: async (file) => JSON.parse(await readFile(join(directory, file), 'utf8')),
    write: (file, content) => writeFile(join(directory, file), JSON.stringify(content)),
    posts: () => mavera.calls().filter(({ method }) => method !== 'GET').length,
  };
}

/** An API whose account has two workspaces, and which names the members of a focus group as it likes. */
async function useOtherApi(created: object, polls: readonly object[]): Promise<string> {
  const list = (ids: readonly string[]): object => ({ data: ids.map((id) => ({ id })) });
  let polled = 0;
  const server = createServer(({ method, url = '' }, response) => {
    const [path = ''] = url.split('?');
    const answers: Readonly<Record<string, object>> = {
      '/usage': { credits: { remaining: 1_000 } },
      '/workspaces': list(['ws_1', 'ws_2']),
      '/personas': list(['p_1']),
    };
    const poll = polls[Math.min(polled, polls.length - 1)];
    polled += path.startsWith('/focus-groups/') ? 1 : 0;
    response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(method === 'POST' ? created : (answers[path] ?? poll)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('npm run connect -- mavera --probe', () => {
  it('shows credits, plan, limits, workspaces and personas, and calls nothing that costs', async () => {
    const world = await useProbeWorld();
    const { code, stdout, stderr } = await world.connect(probe);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('5,000 of 5,000 left, until ');
    expect(stdout).toContain('starter, by its requests a minute');
    expect(stdout).toContain('60 requests a minute; no budget alert; no usage limit');
    expect(stdout).toMatch(/workspaces +ws_/);
    expect(stdout).not.toContain(apiKey);
    expect(world.mavera.calls().map(({ path }) => path)).toEqual(['/usage', '/workspaces', '/personas']);
    expect(world.posts()).toBe(0);
  });

  it('prints one document with --json', async () => {
    const world = await useProbeWorld();
    const { stdout } = await world.connect([...probe, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      usage: { credits: { remaining: 5_000 }, rate_limit: { requests_per_minute: 60 } },
      workspaces: [{ id: expect.stringMatching(/^ws_/) }],
    });
  });

  it('takes the key from MAVERA_API_KEY before that of the secret', async () => {
    const world = await useProbeWorld({ apiKey: 'mvra_live_of_the_secret_0123456789' });
    expect((await world.connect(probe)).code).toBe(1);
    expect((await world.connect(probe, { MAVERA_API_KEY: apiKey })).code).toBe(0);
  });

  it.each([
    ['--probe is missing', ['mavera'], {}, /^Add --probe/],
    [
      'the key is wrong',
      probe,
      { MAVERA_API_KEY: 'mvra_live_wrong_wrong_wrong_wrong' },
      /^GET \/usage: Mavera answered 401 .*Is it the API key/,
    ],
    [
      'the key has spaces',
      probe,
      { MAVERA_API_KEY: 'two words' },
      /^MAVERA_API_KEY is too short, or contains spaces/,
    ],
  ] as const)('says what to do if %s', async (_what, args, env, sentence) => {
    const world = await useProbeWorld();
    const { code, stderr, stdout } = await world.connect(args, env);
    expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
    expect(stdout + stderr).not.toMatch(/wrong_wrong|two words/);
  });

  it('says what to do if the secret has no key yet, and if Mavera cannot be reached', async () => {
    const empty = await useProbeWorld({ apiKey: '' });
    expect((await empty.connect(probe)).stderr).toMatch(/has no Mavera API key yet: put \{"apiKey"/);
    const unreachable = await useProbeWorld({ apiKey }, {}, nowhere);
    const { code, stderr } = await unreachable.connect(probe);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^GET \/usage: no answer came from http:\/\/127\.0\.0\.1:1/),
    ]);
  });
});

describe('npm run connect -- mavera --probe --focus-group', () => {
  it('spends nothing if nobody can agree', async () => {
    const world = await useProbeWorld();
    const { code, stderr } = await world.connect([...probe, '--focus-group']);
    expect([code, stderr]).toEqual([
      1,
      'A focus group costs 50 to 200 credits, and the account has 5,000. Nobody can answer here, so nothing was called. ' +
        'Add --yes if you agree.\n',
    ]);
    expect(world.posts()).toBe(0);
  });

  it('runs the smallest focus group, and writes down shapes and options without a value', async () => {
    const world = await useProbeWorld();
    const { code, stdout } = await world.connect(spend);
    expect(code).toBe(0);
    const found = await world.read('mavera-focus-group.json');
    expect(found).toMatchObject({
      request: {
        method: 'POST',
        path: '/focus-groups',
        body: { workspace_id: 'string', questions: [{ text: 'string' }] },
      },
      created: { status: 201, body: { id: 'string', status: 'string', workspace_id: 'string' } },
      polled: { path: '/focus-groups/<id>', body: { id: 'string', usage: { credits_used: 'number' } } },
      end: 'done',
      credits: 57,
      options: {
        idField: 'id',
        statusField: 'status',
        doneStatuses: ['completed'],
        creditsField: 'usage.credits_used',
      },
    });
    const [group] = world.mavera.focusGroups();
    expect(world.posts()).toBe(1);
    for (const text of [stdout, JSON.stringify(found)]) {
      expect(text).not.toContain(apiKey);
      expect(text).not.toContain(group?.id ?? apiKey);
      expect(text).not.toContain('What do you look at first');
    }
    expect(stdout).toContain('Options for runFocusGroup:');
    expect(stdout).toContain('Written to mavera-focus-group.json');
  });

  it('follows the focus group to its end', async () => {
    const world = await useProbeWorld({ apiKey }, { focusGroupMs: 3_000 });
    const { code, stderr } = await world.connect(spend);
    expect([code, stderr]).toEqual([0, expect.stringContaining('status: completed')]);
    expect(await world.read('mavera-focus-group.json')).toMatchObject({
      statuses: expect.arrayContaining(['pending', 'completed']),
    });
  });

  it('takes another body, and tells of a focus group that has failed', async () => {
    const world = await useProbeWorld();
    await world.write('body.json', { workspace_id: 'ws_1', simulate_failure: true });
    const { code } = await world.connect([...spend, '--body', 'body.json', '--out', 'found.json']);
    expect(code).toBe(0);
    expect(await world.read('found.json')).toMatchObject({
      request: { body: { workspace_id: 'string', simulate_failure: 'boolean' } },
      end: 'failed',
      options: { failedStatuses: ['failed'] },
    });
  });

  it('says what to do with a body that Mavera refuses, and writes no file', async () => {
    const world = await useProbeWorld();
    await world.write('body.json', { name: 'Without a workspace' });
    const { code, stderr } = await world.connect([...spend, '--body', 'body.json']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^POST \/focus-groups: Mavera answered 400 .*workspace_id/),
    ]);
    expect(stderr).toContain('The body had {"name":"string"}');
    await expect(world.read('mavera-focus-group.json')).rejects.toThrow('ENOENT');
    await world.write('body.json', 'no object');
    expect((await world.connect([...spend, '--body', 'body.json'])).stderr).toContain('is not a JSON object');
    expect((await world.connect([...spend, '--body', 'none.json'])).stderr).toContain('cannot be read');
  });

  it('asks Mavera for nothing that the account cannot pay, and says so when Mavera does', async () => {
    const poor = await useProbeWorld({ apiKey }, { monthlyCredits: 49 });
    expect(await poor.connect(spend)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^The account has 49 credits left, and a focus group costs 50 to 200/),
    });
    expect(poor.posts()).toBe(0);
    const nearly = await useProbeWorld({ apiKey }, { monthlyCredits: 52 });
    expect(await nearly.connect(spend)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^POST \/focus-groups: Mavera answered 402 .*no credits left/),
    });
  });

  it('says that credits may be spent if the answer to the creation is lost', async () => {
    const world = await useProbeWorld();
    world.mavera.inject({ kind: 'cut-after', path: '/focus-groups', method: 'POST' });
    const { code, stderr } = await world.connect(spend);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('may have been created and billed all the same'),
    ]);
  });

  it('finds the names of an API that calls its members otherwise, and runFocusGroup reads its answers by them', async () => {
    const polls = ['QUEUED', 'READY'].map((state) => ({ data: { uuid: 'fg-1', state, credits_used: 61 } }));
    const url = await useOtherApi({ data: { uuid: 'fg-1', state: 'QUEUED' } }, polls);
    const world = await useProbeWorld({ apiKey }, {}, url);
    const { code, stderr } = await world.connect([...spend, '--workspace', 'ws_2']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('status: READY')]);
    const { options } = (await world.read('mavera-focus-group.json')) as { options: RunFocusGroupOptions };
    expect(options).toEqual({
      idField: 'data.uuid',
      statusField: 'data.state',
      doneStatuses: ['READY'],
      creditsField: 'data.credits_used',
    });
    const action = runFocusGroup(() => ({ workspace_id: 'ws_2' }), options);
    expect(runFocusGroupPerformer.readAnswer(polls[0], action)).toEqual({ pendingId: 'fg-1' });
    expect(runFocusGroupPerformer.pending?.read(polls[0], action)).toEqual({ kind: 'running' });
    expect(runFocusGroupPerformer.pending?.read(polls[1], action)).toMatchObject({
      kind: 'done',
      result: { creditsUsed: 61, result: { focusGroupId: 'fg-1' } },
    });
  });

  it('says so if no status tells the end, or if there is none, and asks which workspace is meant', async () => {
    const running = await useOtherApi({ id: 'fg-1', status: 'purple' }, [{ id: 'fg-1', status: 'purple' }]);
    const world = await useProbeWorld({ apiKey }, {}, running);
    expect((await world.connect(spend)).stderr).toContain(
      'The account has 2 workspaces: name the one of the focus group with --workspace <id>.',
    );
    const { stdout } = await world.connect([...spend, '--workspace', 'ws_2', '--wait', '1s']);
    expect(stdout).toContain('Statuses: purple. No status says that it has ended');
    expect(await world.read('mavera-focus-group.json')).toMatchObject({
      end: 'unknown',
      options: { idField: 'id', statusField: 'status' },
    });
    const bare = await useProbeWorld({ apiKey }, {}, await useOtherApi({ number: 1 }, []));
    expect((await bare.connect([...spend, '--workspace', 'ws_2'])).stdout).toContain(
      'Statuses: none was found',
    );
  });

  it('goes on polling when a poll fails', async () => {
    const world = await useProbeWorld();
    world.mavera.inject({ kind: 'html', status: 503, method: 'GET', path: '/focus-groups/*', times: 1 });
    const { code, stderr } = await world.connect(spend);
    expect([code, stderr]).toEqual([0, expect.stringContaining('A poll failed, and is tried again.')]);
  });
});
