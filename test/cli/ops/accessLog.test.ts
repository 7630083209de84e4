import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessLogOptions, accessLog } from '../../../cli/ops/access/accessLog.ts';
import { readCalls } from '../../../cli/ops/access/readCalls.ts';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { type Logs, openLogs } from '../../../cli/ops/deployment/logs.ts';
import { type LogsServer, startLogsServer } from './logsServer.ts';
import { type Written, writtenOutput } from './opsWorld.ts';

const group = 'Runner-Logs';
const other = 'Puller-Logs';
const minuteMs = 60_000;
let nowMs: number;
let server: LogsServer;

beforeEach(async () => {
  nowMs = Date.now();
  server = await startLogsServer(2);
  server.groups.set(group, []);
});

afterEach(() => server.stop());

/** Writes the line of a record, as the runner does. */
function write(atMs: number, sentence: string, fields: object = {}, to = group): void {
  const line = {
    level: 'INFO',
    time: new Date(atMs).toISOString(),
    message: sentence,
    service: 'MaveraTriggers-runner',
    requestId: 'r-1',
    record: 'call',
    phase: 'ended',
    atMs,
    agent: 'trigger/churn-signal',
    operation: 'askMave',
    ...fields,
  };
  const lines = server.groups.get(to) ?? [];
  server.groups.set(to, [...lines, { atMs, message: JSON.stringify(line) }]);
}

async function withLogs<Value>(
  work: (logs: Logs) => Promise<Value>,
  groups: readonly string[] = [group],
): Promise<Value> {
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const logs = openLogs(groups, { endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  try {
    return await work(logs);
  } finally {
    logs.close();
  }
}

async function show(
  options: Partial<AccessLogOptions> = {},
  {
    isJson = false,
    groups = [group],
  }: { readonly isJson?: boolean; readonly groups?: readonly string[] } = {},
): Promise<Written> {
  const output = writtenOutput(isJson);
  await withLogs(async (logs) => {
    const deployment: Pick<Deployment, 'title' | 'logs'> = { title: 'stack Test in eu-west-1', logs };
    expect(await accessLog(deployment, { every: 1, ...options }, output)).toBe(true);
  }, groups);
  return output;
}

/** The sentences that were shown, without their times. */
function sentences(output: Written): readonly string[] {
  return output
    .out()
    .split('\n')
    .map((line) => line.slice('2026-11-21 14:05:09  '.length));
}

describe('ops access log', () => {
  it('shows the calls of the last hour: a time and the sentence of the record, oldest first', async () => {
    write(nowMs - 2 * minuteMs, 'Second.');
    write(nowMs - 50 * minuteMs, 'First.');
    write(nowMs - 61 * minuteMs, 'Too old.');
    const output = await show();
    expect(output.out()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}First\.\n.* {2}Second\.$/);
    expect(output.notes()).toBe('');
  });

  it('reads every page, also after empty ones, and sorts what CloudWatch gives in another order', async () => {
    for (const index of Array.from({ length: 25 }, (_, position) => (position * 7) % 25)) {
      write(nowMs - 30 * minuteMs + index, `Call ${index}.`);
    }
    expect(sentences(await show())).toEqual(Array.from({ length: 25 }, (_, index) => `Call ${index}.`));
    expect(server.requests.length).toBeGreaterThan(25 / 2);
  });

  it('joins the log groups of several functions in the order of time', async () => {
    write(nowMs - 3 * minuteMs, 'One.');
    write(nowMs - 2 * minuteMs, 'Two.', { agent: 'pull/audiences' }, other);
    write(nowMs - 1 * minuteMs, 'Three.');
    expect(sentences(await show({}, { groups: [group, other] }))).toEqual(['One.', 'Two.', 'Three.']);
  });

  it('shows a call that changes something once, when it has ended', async () => {
    write(nowMs - 3 * minuteMs, 'Is about to ask.', { phase: 'begins', runId: 'a' });
    write(nowMs - 2 * minuteMs, 'Is about to ask too.', { phase: 'begins', runId: 'b' });
    write(nowMs - 1 * minuteMs, 'Asked.', { runId: 'a' });
    write(nowMs, 'Asked too.', { runId: 'b' });
    expect(sentences(await show())).toEqual(['Asked.', 'Asked too.']);
  });

  it('shows a call that has begun and has no end: a crash, or one that is under way', async () => {
    write(nowMs - 40 * minuteMs, 'Is about to ask.', { phase: 'begins', runId: 'a' });
    write(nowMs - 20 * minuteMs, 'Read.', { operation: 'readUsage' });
    write(nowMs - 10 * minuteMs, 'Is about to ask again.', { phase: 'begins', runId: 'a' });
    write(nowMs - 1 * minuteMs, 'Is about to create.', { phase: 'begins', operation: 'createPersona' });
    expect(sentences(await show())).toEqual([
      'Is about to ask. Its end is not on record: its runner ended before it.',
      'Read.',
      'Is about to ask again. Its end is not on record: it may be under way.',
      'Is about to create. Its end is not on record: it may be under way.',
    ]);
  });

  it('shows only the calls of a trigger, and only those that were refused, also if the server gives more', async () => {
    write(nowMs - 3 * minuteMs, 'Asked.');
    write(nowMs - 2 * minuteMs, 'Wanted to ask.', { phase: 'refused' });
    write(nowMs - 1 * minuteMs, 'Another.', { agent: 'trigger/plan-upgraded', phase: 'refused' });
    expect(sentences(await show({ agent: 'churn-signal' }))).toEqual(['Asked.', 'Wanted to ask.']);
    expect(sentences(await show({ denied: true }))).toEqual(['Wanted to ask.', 'Another.']);
    expect(sentences(await show({ agent: 'trigger/churn-signal', denied: true }))).toEqual([
      'Wanted to ask.',
    ]);
    expect(server.requests.at(-1)?.filterPattern).toBe(
      '{ $.record = "call" && $.agent = "trigger/churn-signal" && $.phase = "refused" }',
    );
  });

  it('leaves out lines that are no records', async () => {
    server.groups.set(group, [
      { atMs: nowMs - 2, message: 'START RequestId: 1\n' },
      { atMs: nowMs - 1, message: JSON.stringify({ message: 'run', record: 'run' }) },
    ]);
    const output = await show();
    expect(output.out()).toBe('');
    expect(output.notes()).toMatch(/^No call since .* is on record\.$/);
    const refused = await show({ agent: 'churn-signal', denied: true });
    expect(refused.notes()).toMatch(/^No refused call of churn-signal since .* is on record\.$/);
  });

  it('prints the members of each record and its sentence with --json', async () => {
    write(nowMs - minuteMs, 'Asked.', { status: 200, credits: 23, decision: 'allowed', later: { known: 1 } });
    expect((await show({}, { isJson: true })).values).toEqual([
      {
        phase: 'ended',
        agent: 'trigger/churn-signal',
        operation: 'askMave',
        status: 200,
        credits: 23,
        decision: 'allowed',
        later: { known: 1 },
        atMs: nowMs - minuteMs,
        sentence: 'Asked.',
      },
    ]);
  });

  it('reads long times in parts, each once, whose length fits what they hold', async () => {
    const sinceMs = nowMs - 30 * 86_400_000;
    write(sinceMs, 'The first moment.');
    write(nowMs, 'The last moment.');
    expect(sentences(await show({ since: sinceMs }))).toEqual(['The first moment.', 'The last moment.']);
    const parts = server.requests.filter(({ nextToken }) => nextToken === undefined);
    expect(parts.length).toBeLessThan(12);
    for (const [index, { startTime }] of parts.entries()) {
      expect(startTime).toBe(index === 0 ? sinceMs : (parts[index - 1]?.endTime ?? 0) + 1);
    }
  });

  it('tells after each page how far it is', async () => {
    for (let index = 0; index < 5; index += 1) {
      write(nowMs - index, `Call ${index}.`);
    }
    const found: number[] = [];
    await withLogs(async (logs) => {
      const filter = { sinceMs: nowMs - minuteMs, untilMs: nowMs };
      for await (const _call of readCalls(logs, filter, (progress) => found.push(progress.found))) {
        // Only the progress is looked at.
      }
    });
    expect(found).toEqual([0, 2, 2, 4, 4, 5]);
  });

  it('follows new calls until it is interrupted, each once', async () => {
    const controller = new AbortController();
    const output = writtenOutput();
    write(nowMs - minuteMs, 'Before.');
    const isFollowed = withLogs((logs) =>
      accessLog({ title: 'local system', logs }, { follow: true, every: 1 }, output, controller.signal),
    );
    await expect.poll(() => output.notes()).toContain('Following local system; Ctrl-C ends it.');
    write(Date.now() + 1, 'Is about to ask.', { phase: 'begins' });
    write(Date.now() + 2, 'Asked.');
    await expect.poll(() => output.out()).toContain('Asked.');
    const reads = server.requests.length;
    await expect.poll(() => server.requests.length).toBeGreaterThan(reads + 1);
    controller.abort();
    expect(await isFollowed).toBe(true);
    expect(sentences(output)).toEqual(['Before.', 'Is about to ask.', 'Asked.']);
  });

  it('names a log group that does not exist, and says what to do', async () => {
    await expect(show({}, { groups: ['Gone'] })).rejects.toThrow(
      'There is no log group Gone. If somebody has deleted it, deploy the stack again to create it.',
    );
  });

  it('passes on that the permission is missing', async () => {
    server.error = 'AccessDeniedException';
    await expect(show()).rejects.toThrow('is not authorized to perform: logs:FilterLogEvents');
  });

  it('says so if the system keeps no records of calls', async () => {
    const deployment = { title: 'stack Old in eu-west-1' };
    await expect(accessLog(deployment, { every: 1 }, writtenOutput())).rejects.toThrow(
      'The stack Old in eu-west-1 keeps no records of calls: start or deploy this version of it first.',
    );
  });
});
