import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { EnvironmentPool } from '../../local/lambda/environmentPool.ts';
import type { FunctionLogLine } from '../../local/lambda/functionLog.ts';
import type { InvocationResult } from '../../local/lambda/invocationResult.ts';

const pools: EnvironmentPool[] = [];
const lines: FunctionLogLine[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
  lines.length = 0;
});

interface PoolSettings {
  readonly limit?: number;
  readonly timeoutSeconds?: number;
  readonly handler?: string;
  readonly directory?: string;
}

function startPool(settings: PoolSettings = {}): EnvironmentPool {
  const { limit = 1, timeoutSeconds = 30, handler = 'index.handler', directory = 'handler' } = settings;
  const code = fileURLToPath(new URL(`fixtures/${directory}`, import.meta.url));
  const pool = new EnvironmentPool(
    {
      functionName: 'fixture',
      logicalId: 'Fixture',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fixture',
      memoryMb: 128,
      timeoutSeconds,
      directory: code,
      environment: {
        _HANDLER: handler,
        AWS_LAMBDA_FUNCTION_NAME: 'fixture',
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
        AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/fixture',
        LAMBDA_TASK_ROOT: code,
        COLOUR: 'blue',
      },
      onLog: (line) => lines.push(line),
    },
    limit,
  );
  pools.push(pool);
  return pool;
}

async function invoke(pool: EnvironmentPool, event: object): Promise<InvocationResult> {
  return pool.invoke(JSON.stringify(event));
}

async function answerOf<Answer>(pool: EnvironmentPool, event: object): Promise<Answer> {
  const result = await invoke(pool, event);
  if (!result.ok) {
    throw new Error(result.error.errorMessage);
  }
  return JSON.parse(result.payload) as Answer;
}

interface ProcessFacts {
  readonly pid: number;
  readonly invocations: number;
  readonly cwd: string;
  readonly arguments: readonly string[];
}

describe('an execution environment', () => {
  it('has its own variables and none of the machine', async () => {
    process.env.LEAK = 'secret';
    const environment = await answerOf<Record<string, string>>(startPool(), { task: 'environment' });
    delete process.env.LEAK;
    expect(Object.keys(environment).sort()).toEqual([
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'COLOUR',
      'LAMBDA_TASK_ROOT',
      '_HANDLER',
    ]);
  });

  it('works in the directory of its bundle, with Lambda’s memory flags', async () => {
    const facts = await answerOf<ProcessFacts>(startPool(), { task: 'process' });
    expect(facts.cwd).toBe(fileURLToPath(new URL('fixtures/handler', import.meta.url)));
    expect(facts.arguments).toEqual(['--max-semi-space-size=6', '--max-old-space-size=116']);
  });

  it('passes Lambda’s context to the handler', async () => {
    const context = await answerOf<Record<string, unknown>>(startPool(), { task: 'context' });
    expect(context).toMatchObject({
      awsRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
      functionName: 'fixture',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fixture',
      logGroupName: '/aws/lambda/fixture',
      memoryLimitInMB: '128',
    });
    expect(context.remainingMs).toBeGreaterThan(20_000);
    expect(context.remainingMs).toBeLessThanOrEqual(30_000);
  });

  it('passes large events and answers unchanged', async () => {
    const value = { text: 'ü\u2028\ud83d\ude00"'.repeat(500_000), nothing: null };
    expect(await answerOf(startPool(), { task: 'echo', value })).toEqual(value);
  });

  it('answers null for a handler that returns nothing', async () => {
    expect(await invoke(startPool(), { task: 'nothing' })).toEqual({ ok: true, payload: 'null' });
  });

  it('passes on every line before the result', async () => {
    const record = { level: 'INFO', message: 'a line separator\u2028inside' };
    await invoke(startPool(), { task: 'log', lines: [JSON.stringify(record), 'plain', '{broken'] });
    const ofStream = (stream: string): readonly unknown[] =>
      lines.filter((line) => line.stream === stream).map((line) => line.record ?? line.text);
    expect(ofStream('stdout')).toEqual([record, 'plain', '{broken', 'without an end']);
    expect(ofStream('stderr')).toEqual([record, 'plain', '{broken']);
    expect(lines[0]).toMatchObject({ functionName: 'fixture', logicalId: 'Fixture' });
  });

  it('survives the Ctrl-C that is for the system', async () => {
    expect(await answerOf(startPool(), { task: 'ignoreInterrupt' })).toBe('alive');
  });

  it('ends when the system that started it is killed', async () => {
    const script = fileURLToPath(new URL('fixtures/startEnvironment.ts', import.meta.url));
    const parent = execFile(process.execPath, [script]);
    const [line] = (await once(parent.stdout ?? process.stdin, 'data')) as [string];
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

describe('an invocation fails', () => {
  it('with the error of the handler, and the environment is kept', async () => {
    const pool = startPool();
    const before = await answerOf<ProcessFacts>(pool, { task: 'process' });
    expect(await invoke(pool, { task: 'fail' })).toMatchObject({
      ok: false,
      error: { errorType: 'WantedError', errorMessage: 'as the event wanted' },
    });
    const after = await answerOf<ProcessFacts>(pool, { task: 'process' });
    expect(after).toMatchObject({ pid: before.pid, invocations: 3 });
  });

  it('when it exceeds the timeout, and the environment is replaced', async () => {
    const pool = startPool({ timeoutSeconds: 1 });
    const { pid } = await answerOf<ProcessFacts>(pool, { task: 'process' });
    const result = await invoke(pool, { task: 'sleep', ms: 60_000 });
    expect(result).toMatchObject({
      ok: false,
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after 1.00 seconds'),
      },
    });
    const after = await answerOf<ProcessFacts>(pool, { task: 'process' });
    expect(after.pid).not.toBe(pid);
    expect(after.invocations).toBe(1);
  });

  it('when its process ends or is killed, and the environment is replaced', async () => {
    const pool = startPool();
    expect(await invoke(pool, { task: 'exit' })).toMatchObject({
      ok: false,
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    });
    const sleeping = invoke(pool, { task: 'sleep', ms: 60_000 });
    await expect.poll(() => pool.environments()[0]?.requestId).toBeDefined();
    process.kill(pool.pids()[0] ?? Number.NaN, 'SIGKILL');
    expect(await sleeping).toMatchObject({
      ok: false,
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: SIGKILL') },
    });
    expect(await answerOf<ProcessFacts>(pool, { task: 'process' })).toMatchObject({ invocations: 1 });
  });

  it.each([
    ['the bundle throws while it is imported', { directory: 'brokenHandler' }, 'no configuration'],
    ['there is no such module', { handler: 'nothing.handler' }, "Cannot find module 'nothing'"],
    ['there is no such handler', { handler: 'index.nothing' }, 'index.nothing is undefined or not exported'],
  ])('when %s', async (_, options, message) => {
    const pool = startPool(options);
    expect(await invoke(pool, { task: 'process' })).toMatchObject({
      ok: false,
      error: { errorMessage: message },
    });
    await expect.poll(() => pool.pids()).toEqual([]);
  });
});

describe('the environments of a function', () => {
  it('each serve one event at a time, and are reused', async () => {
    const pool = startPool({ limit: 1 });
    const [first, second] = await Promise.all([
      answerOf<{ pid: number; alongside: number }>(pool, { task: 'sleep', ms: 50 }),
      answerOf<{ pid: number; alongside: number }>(pool, { task: 'sleep', ms: 50 }),
    ]);
    expect(second.pid).toBe(first.pid);
    expect([first.alongside, second.alongside]).toEqual([1, 1]);
  });

  it('grow with the load up to the limit', async () => {
    const pool = startPool({ limit: 3 });
    await answerOf(pool, { task: 'process' });
    expect(pool.pids()).toHaveLength(1);
    const invocations = Array.from({ length: 7 }, () =>
      answerOf<{ pid: number }>(pool, { task: 'sleep', ms: 50 }),
    );
    expect(pool.busy).toBe(7);
    const pids = new Set((await Promise.all(invocations)).map(({ pid }) => pid));
    expect(pids.size).toBe(3);
    expect(pool.busy).toBe(0);
    expect(pool.pids()).toHaveLength(3);
  });

  it('all end at a stop, and their invocations fail', async () => {
    const pool = startPool({ limit: 2 });
    await answerOf(pool, { task: 'process' });
    const results = [1, 2, 3].map(() => invoke(pool, { task: 'sleep', ms: 60_000 }));
    const pids = pool.pids();
    await pool.stop();
    expect(pids.some(isAlive)).toBe(false);
    expect((await Promise.all(results)).map(({ ok }) => ok)).toEqual([false, false, false]);
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
