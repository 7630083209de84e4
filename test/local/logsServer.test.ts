import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keptLines, type LogsServer, startLogs } from '../../local/aws/logsServer.ts';

const group = '/aws/lambda/runner';

/** A server that is stopped with the test, whose clock goes on by a millisecond a line, and the AWS SDK's own client. */
async function useLogs(): Promise<{
  readonly logs: LogsServer;
  readonly read: (filter?: object) => Promise<{ readonly texts: readonly string[]; readonly next?: string }>;
}> {
  let nowMs = 0;
  const logs = await startLogs(() => {
    nowMs += 1;
    return nowMs;
  });
  const client = new CloudWatchLogsClient({
    region: 'us-east-1',
    endpoint: logs.endpoint,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await logs.stop();
  });
  const read = async (filter: object = {}): Promise<{ texts: readonly string[]; next?: string }> => {
    const { events = [], nextToken } = await client.send(
      new FilterLogEventsCommand({ logGroupName: group, ...filter }),
    );
    const texts = events.map(({ message = '' }) => message);
    return { texts, ...(nextToken === undefined ? {} : { next: nextToken }) };
  };
  return { logs, read };
}

describe('the log server', () => {
  it('gives the lines of a group in the order in which they were written', async () => {
    const { logs, read } = await useLogs();
    logs.keep(group, 'one');
    logs.keep('/aws/lambda/receiver', 'of another function');
    logs.keep(group, 'two');
    expect(await read()).toEqual({ texts: ['one', 'two'] });
  });

  it('knows a group before its first line, and no other', async () => {
    const { logs, read } = await useLogs();
    logs.addGroup(group);
    expect((await read()).texts).toEqual([]);
    await expect(read({ logGroupName: 'unknown' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('finds the lines of a time, with both ends', async () => {
    const { logs, read } = await useLogs();
    for (const text of ['at 1', 'at 2', 'at 3', 'at 4']) {
      logs.keep(group, text);
    }
    expect((await read({ startTime: 2, endTime: 3 })).texts).toEqual(['at 2', 'at 3']);
  });

  it('gives pages that skip and repeat nothing', async () => {
    const { logs, read } = await useLogs();
    const written = Array.from({ length: 5 }, (_, index) => `line ${index}`);
    for (const text of written) {
      logs.keep(group, text);
    }
    const first = await read({ limit: 2 });
    logs.keep(group, 'later');
    const second = await read({ limit: 2, nextToken: first.next });
    const third = await read({ limit: 2, nextToken: second.next });
    expect([...first.texts, ...second.texts, ...third.texts]).toEqual([...written, 'later']);
    expect(third.next).toBeUndefined();
  });

  it('keeps the last lines of a group', async () => {
    const { logs, read } = await useLogs();
    for (let index = 0; index < 2 * keptLines + 5; index += 1) {
      logs.keep(group, `line ${index}`);
    }
    const pages = [await read(), await read({ nextToken: (await read()).next })];
    const texts = pages.flatMap((page) => page.texts);
    expect(texts.length).toBeLessThanOrEqual(keptLines);
    expect(texts.at(-1)).toBe(`line ${2 * keptLines + 4}`);
  });
});

describe('a filter pattern', () => {
  const lines = [
    'a text with ERROR in it',
    '{"record":"call","agent":"trigger/vip","phase":"ended","status":200,"error":{"code":"none"}}',
    '{"record":"call","agent":"trigger/other","phase":"refused","status":403}',
    '{"message":"request","source":"segops","isNew":true}',
    '{"broken',
  ];

  it.each([
    ['', [0, 1, 2, 3, 4]],
    ['ERROR', [0]],
    ['"with ERROR" text', [0]],
    ['{ $.record = "call" }', [1, 2]],
    ['{ $.record = call }', [1, 2]],
    ['{ $.record = "call" && $.phase = "refused" }', [2]],
    ['{ $.agent = "trigger/*" && $.agent != "trigger/vip" }', [2]],
    ['{ $.message = "request" && $.source = "segops" }', [3]],
    ['{ $.isNew = true }', [3]],
    ['{ $.status >= 400 || ($.status < 300 && $.error.code = "none") }', [1, 2]],
    ['{ $.status > 403 }', []],
    ['{ $.constructor = "*" }', []],
  ] as const)('%s', async (filterPattern, expected) => {
    const { logs, read } = await useLogs();
    for (const line of lines) {
      logs.keep(group, line);
    }
    expect((await read({ filterPattern })).texts).toEqual(expected.map((index) => lines[index]));
  });

  it.each([
    '{ $.record = "call"',
    '{ record = "call" }',
    '{ $.record }',
    '{ ($.a = 1 }',
    '{ $.a = 1 $.b = 2 }',
  ])('that is not one is refused: %s', async (filterPattern) => {
    const { logs, read } = await useLogs();
    logs.addGroup(group);
    await expect(read({ filterPattern })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
