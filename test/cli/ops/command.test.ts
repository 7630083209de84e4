import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localStateFile, writeLocalState } from '../../../local/dev/localState.ts';
import { readLines } from '../../../local/lambda/readLines.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { type Result, runHere, type Surroundings, startCommand } from '../runCommand.ts';
import { startLogsServer } from './logsServer.ts';
import { type OpsWorld, runIdOf, startOpsWorld } from './opsWorld.ts';

const script = fileURLToPath(new URL('../../../cli/ops.ts', import.meta.url));
let ops: OpsWorld;
/** Where a system runs, and where none does. */
let directory: string;
let elsewhere: string;

beforeAll(async () => {
  ops = await startOpsWorld();
  directory = await mkdtemp(join(tmpdir(), 'ops-'));
  elsewhere = await mkdtemp(join(tmpdir(), 'ops-'));
  await writeLocalState(directory, await stateOf(process.pid));
  await ops.putRun('one', { receivedAtMs: Date.now(), creditsUsed: 23, userId: 'u-\u009b31m1' });
});

afterAll(async () => {
  await ops.stop();
  await rm(directory, { recursive: true });
  await rm(elsewhere, { recursive: true });
});

async function endpointOf(client: { readonly config: { readonly endpoint?: unknown } }): Promise<string> {
  const provider = client.config.endpoint as () => Promise<{
    readonly hostname: string;
    readonly port: number;
  }>;
  const { hostname, port } = await provider();
  return `http://${hostname}:${port}`;
}

async function stateOf(pid: number): Promise<Parameters<typeof writeLocalState>[1]> {
  const { dynamodb, sqs, tableName, runQueueUrl, deadLetterQueueUrl } = ops.deployment;
  const endpoints = {
    dynamodb: await endpointOf(dynamodb),
    sqs: await endpointOf(sqs),
    secretsmanager: 'http://127.0.0.1:1',
  };
  const atServer = (queueUrl: string): string => `${endpoints.sqs}${new URL(queueUrl).pathname}`;
  return {
    version: 2,
    pid,
    endpoints,
    tableName,
    runQueueUrl: atServer(runQueueUrl),
    deadLetterQueueUrl: atServer(deadLetterQueueUrl),
    segmentUrl: 'http://127.0.0.1:1/segment',
    segmentSecretArn: 'secret',
    triggersFile: fileURLToPath(new URL('../../../triggers.ts', import.meta.url)),
  };
}

interface Options {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

function surroundings({ cwd = directory, env = {} }: Options): Surroundings {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return {
    cwd,
    env: { PATH, NODE_COMPILE_CACHE, HOME: elsewhere, AWS_EC2_METADATA_DISABLED: 'true', ...env },
  };
}

async function run(args: readonly string[], options: Options = {}): Promise<Result> {
  return await runHere(script, args, surroundings(options));
}

/** As {@link run}, in a process of its own. */
async function runProcess(args: readonly string[], options: Options = {}): Promise<Result> {
  return await startCommand(script, args, surroundings(options));
}

describe('npm run ops -- … --local', () => {
  it('works on the system that runs in the directory', async () => {
    const { code, stdout, stderr } = await runProcess(['status', '--local']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^local system, /);
    expect(stdout).toContain('churn-signal  done              1       23');
  });

  it('reads the records of calls from the log that the system keeps', async () => {
    const logs = await startLogsServer();
    const message = JSON.stringify({
      record: 'call',
      phase: 'ended',
      agent: 'trigger/a',
      operation: 'askMave',
      message: 'Asked.',
    });
    logs.groups.set('runner', [{ atMs: Date.now() - 60_000, message }]);
    const state = await stateOf(process.pid);
    const withLogs = await mkdtemp(join(tmpdir(), 'ops-'));
    const endpoints = { ...state.endpoints, logs: logs.url };
    await writeLocalState(withLogs, { ...state, endpoints, runnerLogGroup: 'runner' });
    const { code, stdout, stderr } = await run(['access', 'log', '--local', '--json'], { cwd: withLogs });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ sentence: 'Asked.', agent: 'trigger/a' });
    const older = await run(['access', 'log', '--local']);
    expect(older).toMatchObject({
      code: 1,
      stderr: 'The local system keeps no records of calls: start or deploy this version of it first.\n',
    });
    await rm(withLogs, { recursive: true });
    await logs.stop();
  });

  it('prints a document, or one object a line, with --json', async () => {
    const status = await run(['status', '--local', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ deployment: 'local system', deadLetters: 0 });
    const list = await run(['runs', 'list', '--local', '--json']);
    expect(
      list.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ runId: runIdOf('one') }]);
  });

  it('replaces control characters that a terminal would obey', async () => {
    const text = await run(['runs', 'list', '--local']);
    expect(text.stdout).toContain('u-\uFFFD31m1');
    const json = await run(['runs', 'list', '--local', '--json']);
    expect(json.stdout).toContain('u-\\u009b31m1');
    expect(JSON.parse(json.stdout)).toMatchObject({ userId: 'u-\u009b31m1' });
  });

  it('follows runs until Ctrl-C, and exits with 0', async () => {
    const child = spawn(process.execPath, [script, 'tail', '--local'], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines: string[] = [];
    readLines(child.stdout, (line) => lines.push(line));
    await expect.poll(() => lines.length).toBe(1);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('says how to start a system if none runs any more', async () => {
    const nothing = {
      code: 1,
      stdout: '',
      stderr: 'No local system is running here: start one with `npm run dev` in this directory.\n',
    };
    expect(await run(['status', '--local'], { cwd: elsewhere })).toEqual(nothing);
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    await writeLocalState(elsewhere, await stateOf(child.pid ?? 0));
    expect(await run(['status', '--local'], { cwd: elsewhere })).toEqual(nothing);
    const state = await stateOf(process.pid);
    const nowhere = 'http://127.0.0.1:1';
    const endpoints = { dynamodb: nowhere, sqs: nowhere, secretsmanager: nowhere };
    await writeLocalState(elsewhere, { ...state, endpoints });
    expect(await run(['runs', 'list', '--local'], { cwd: elsewhere })).toEqual(nothing);
    await mkdir(join(localStateFile(elsewhere), '..'), { recursive: true });
    await writeFile(localStateFile(elsewhere), '{');
    expect(await run(['status', '--local'], { cwd: elsewhere })).toEqual(nothing);
  });

  it('shows what it holds of a user with the triggers file of the running system', async () => {
    const { code, stdout, stderr } = await run(['forget', 'u-\u009b31m1', '--dry-run', '--local']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Nothing was removed') });
    expect(stdout).toMatch(/^Would be removed:\n\nuser +runs .*\nu-\uFFFD31m1 +1 /);
  });

  it('exits with 1 if something could not be done', async () => {
    const { code, stdout } = await runProcess(['runs', 'redrive', runIdOf('one'), '--local']);
    expect(code).toBe(1);
    expect(stdout).toContain('It is done: --again makes it again');
  });
});

describe('npm run ops on a stack in AWS', () => {
  const outputs = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      )
      .join('');

  /** A stand-in for CloudFormation with one answer. */
  async function withCloudFormation<Value>(
    answer: { readonly status: number; readonly body: string },
    work: (env: Record<string, string>, requests: readonly string[]) => Promise<Value>,
  ): Promise<Value> {
    const requests: string[] = [];
    const server = createServer(async (request, response) => {
      const body = await request.toArray();
      requests.push(Buffer.concat(body).toString());
      response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
    const port = await listen(server, 0);
    try {
      const { endpoints } = await stateOf(0);
      const env = {
        AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${port}`,
        AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
        AWS_ENDPOINT_URL_SQS: endpoints.sqs,
        AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'hidden',
      };
      return await work(env, requests);
    } finally {
      await closeServer(server);
    }
  }

  function described(values: Readonly<Record<string, string>>): {
    readonly status: number;
    readonly body: string;
  } {
    return {
      status: 200,
      body:
        '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName>' +
        `<CreationTime>2026-11-21T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>` +
        `<Outputs>${outputs(values)}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    };
  }

  function refused(code: string, message: string): { readonly status: number; readonly body: string } {
    return {
      status: 400,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    };
  }

  it('finds table and queues by the outputs of the stack', async () => {
    const { tableName, runQueueUrl, deadLetterQueueUrl } = await stateOf(0);
    const answer = described({
      LedgerTableName: tableName,
      RunQueueUrl: runQueueUrl,
      DeadLetterQueueUrl: deadLetterQueueUrl,
      SegmentUrl: 'https://abc.lambda-url.eu-west-1.on.aws/segment',
      SegmentSecretName: 'mavera-triggers/segment',
    });
    await withCloudFormation(answer, async (env, requests) => {
      const args = ['status', '--stack', 'MaveraTriggers-staging', '--region', 'eu-west-1'];
      const { code, stdout, stderr } = await run(args, { env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^stack MaveraTriggers-staging in eu-west-1, /);
      expect(stdout).toContain('churn-signal');
      expect(requests).toEqual([expect.stringContaining('StackName=MaveraTriggers-staging')]);
      const byEnvironment = { ...env, MAVERA_TRIGGERS_STACK: 'by-environment', AWS_REGION: 'us-east-1' };
      expect((await run(['status'], { env: byEnvironment })).stdout).toMatch(
        /^stack by-environment in us-east-1, /,
      );
      const asAwsCli = { ...env, AWS_DEFAULT_REGION: 'ap-south-1' };
      expect((await run(['status'], { env: asAwsCli })).stdout).toMatch(
        /^stack MaveraTriggers in ap-south-1, /,
      );
    });
  });

  it('shows the bulk queue and the ready queue if the stack has them', async () => {
    const { tableName, runQueueUrl, deadLetterQueueUrl } = await stateOf(0);
    const answer = described({
      LedgerTableName: tableName,
      RunQueueUrl: runQueueUrl,
      BulkQueueUrl: runQueueUrl,
      ReadyQueueUrl: runQueueUrl,
      DeadLetterQueueUrl: deadLetterQueueUrl,
      SegmentUrl: 'https://abc.lambda-url.eu-west-1.on.aws/segment',
      SegmentSecretName: 'mavera-triggers/segment',
    });
    await withCloudFormation(answer, async (env) => {
      const { stdout } = await run(['status', '--region', 'eu-west-1'], { env });
      expect(stdout).toMatch(/\nintake queue .*\nbulk queue .*\nready queue /);
    });
  });

  it('reads the records of calls from the log group of the stack', async () => {
    const { tableName, runQueueUrl, deadLetterQueueUrl } = await stateOf(0);
    const answer = described({
      LedgerTableName: tableName,
      RunQueueUrl: runQueueUrl,
      DeadLetterQueueUrl: deadLetterQueueUrl,
      RunnerLogGroupName: 'Runner-Logs',
      SegmentUrl: 'https://abc.lambda-url.eu-west-1.on.aws/segment',
      SegmentSecretName: 'mavera-triggers/segment',
    });
    const logs = await startLogsServer();
    const message = JSON.stringify({
      record: 'call',
      phase: 'ended',
      agent: 'trigger/churn-signal',
      operation: 'askMave',
      message: 'Trigger churn-signal asked Mave a question at app.mavera.io.',
    });
    logs.groups.set('Runner-Logs', [{ atMs: Date.now() - 60_000, message }]);
    await withCloudFormation(answer, async (env) => {
      const withServer = { ...env, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url };
      const args = ['access', 'log', '--since', '1h', '--region', 'eu-west-1'];
      const { code, stdout, stderr } = await run(args, { env: withServer });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}Trigger churn-signal asked Mave a question at .*\n$/,
      );
      logs.error = 'AccessDeniedException';
      const denied = await run(args, { env: withServer });
      expect(denied).toMatchObject({ code: 1, stdout: '' });
      expect(denied.stderr).toMatch(/logs:FilterLogEvents \(access denied: docs\/operate\.md lists .*\)\n$/);
    });
    await logs.stop();
  });

  it('finds the pulls, and the log group of the puller, by the outputs of the stack', async () => {
    const { tableName, runQueueUrl, deadLetterQueueUrl } = await stateOf(0);
    const plain = {
      LedgerTableName: tableName,
      RunQueueUrl: runQueueUrl,
      DeadLetterQueueUrl: deadLetterQueueUrl,
      SegmentUrl: 'https://abc.lambda-url.eu-west-1.on.aws/segment',
      SegmentSecretName: 'mavera-triggers/segment',
    };
    const pulls = {
      PullQueueUrl: runQueueUrl,
      PullDeadLetterQueueUrl: deadLetterQueueUrl,
      PullerLogGroupName: 'Puller-Logs',
      Pulls: '{&quot;audience-persona&quot;:&quot;cron(17 3 ? * TUE *) UTC&quot;}',
    };
    const args = ['pulls', 'list', '--region', 'eu-west-1'];
    await withCloudFormation(described({ ...plain, ...pulls }), async (env) => {
      const { code, stdout, stderr } = await run(args, { env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/audience-persona {2}each Tuesday at 03:17 \(UTC\) {2}never started\n$/);
    });
    await withCloudFormation(described(plain), async (env) => {
      expect(await run(args, { env })).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^The stack MaveraTriggers in eu-west-1 has no pulls: .*\n$/),
      });
    });
  });

  it('warns if the quota of concurrent executions is too low, and says if it cannot be read', async () => {
    const { tableName, runQueueUrl, deadLetterQueueUrl } = await stateOf(0);
    const answer = described({
      LedgerTableName: tableName,
      RunQueueUrl: runQueueUrl,
      BulkQueueUrl: runQueueUrl,
      ReadyQueueUrl: runQueueUrl,
      PullQueueUrl: runQueueUrl,
      PullDeadLetterQueueUrl: deadLetterQueueUrl,
      Pulls: '{}',
      DeadLetterQueueUrl: deadLetterQueueUrl,
      SegmentUrl: 'https://abc.lambda-url.eu-west-1.on.aws/segment',
      SegmentSecretName: 'mavera-triggers/segment',
    });
    let status = 200;
    const lambda = createServer((request, response) => {
      const body = request.url?.includes('account-settings')
        ? { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } }
        : { EventSourceMappings: [{ ScalingConfig: { MaximumConcurrency: 5 } }] };
      response.writeHead(status, { 'x-amzn-errortype': 'AccessDeniedException' });
      response.end(JSON.stringify(status === 200 ? body : { Message: 'not authorized' }));
    });
    const port = await listen(lambda, 0);
    await withCloudFormation(answer, async (env) => {
      const withLambda = { ...env, AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}` };
      const args = ['status', '--region', 'eu-west-1'];
      expect((await run(args, { env: withLambda })).stdout).toContain(
        'executions       quota 10: TOO FEW, the runners take up to 5, admission 10, pulls 5, the dispatcher 2, and the receiver needs 10.',
      );
      status = 403;
      const { code, stdout } = await run(args, { env: withLambda });
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining('executions       unknown: not authorized (access denied'),
      });
    });
    await closeServer(lambda);
  });

  it.each([
    [
      refused('ValidationError', 'Stack with id MaveraTriggers does not exist'),
      'There is no stack "MaveraTriggers" in eu-west-1',
    ],
    [
      refused('ExpiredToken', 'The security token included in the request is expired'),
      'sign in again, e.g. with `aws sso login`. (AWS SDK: The security token included in the request is expired)',
    ],
    [
      refused('InvalidClientTokenId', 'The security token is invalid'),
      'AWS does not accept these credentials',
    ],
    [
      refused(
        'AccessDenied',
        'User: arn:aws:iam::1:user/x is not authorized to perform: cloudformation:DescribeStacks',
      ),
      'is not authorized to perform: cloudformation:DescribeStacks (access denied',
    ],
    [described({}), 'has no output LedgerTableName'],
  ])('says in one line what is wrong, and how to fix it (%#)', async (answer, sentence) => {
    await withCloudFormation(answer, async (env) => {
      const { code, stdout, stderr } = await run(['status', '--region', 'eu-west-1'], { env });
      expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({
        code: 1,
        stdout: '',
        lines: 1,
      });
      expect(stderr).toContain(sentence);
      expect(stderr).not.toContain('hidden');
    });
  });

  it('says if there are no credentials, no region, or no AWS', async () => {
    const message = async (env: Record<string, string>): Promise<string> =>
      (await run(['status'], { env })).stderr;
    expect(await message({})).toBe(
      'No AWS region is set: add --region, e.g. --region eu-west-1, or set AWS_REGION or AWS_DEFAULT_REGION.\n',
    );
    expect(await message({ AWS_REGION: 'eu-west-1' })).toMatch(
      /^No AWS credentials were found: sign in .*\n$/,
    );
    const unreachable = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:1',
    };
    expect(await message(unreachable)).toMatch(/^AWS cannot be reached: check the network.*\n$/);
  });
});

describe('npm run ops', () => {
  it('lists its commands in its help', async () => {
    const { stdout } = await runProcess(['--help']);
    for (const name of [
      'status',
      'runs',
      'pulls',
      'dead-letters',
      'pause',
      'resume',
      'unpark',
      'budget',
      'access',
      'forget',
      'tail',
    ]) {
      expect(stdout).toContain(name);
    }
  });

  it.each([
    [
      'runs list --state runing',
      "argument 'runing' is invalid. Allowed choices are waiting, calling, done, failed, skipped.",
    ],
    ['runs list --since soon', "argument 'soon' is invalid. Expected how long ago, such as 90m, 24h or 7d"],
    ['access log --agent Churn', 'Expected the name of a trigger, such as churn-signal.'],
    ['runs list --limit 0', 'Expected a whole number from 1 to 100000.'],
    ['runs list --parked --state done', "option '--parked' cannot be used with option '--state"],
    ['unpark --all --for ever', 'Expected a length of time, such as 90m, 4h or 2d'],
    ['unpark --local', 'Say what to do: --all, --trigger <name>, or --resume'],
    ['runs list --trigger Churn', 'Expected 1 to 64 characters of a-z, 0-9 and -'],
    [
      'runs show xyz',
      'Expected the id of a run (40 characters of 0-9 and a-f), or at least its first 6 characters.',
    ],
    ['budget set much', 'Expected a whole number of credits from 0 to 999999999, or `default`.'],
    ['pulls show Audience', 'Expected 1 to 64 characters of a-z, 0-9 and -'],
    ['bogus', "unknown command 'bogus'"],
  ])('refuses `%s`, naming the value and the fix', async (line, message) => {
    const { code, stderr } = await run(line.split(' '));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
