import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { listPulls } from '../../../cli/ops/pulls/listPulls.ts';
import type { PullStatus } from '../../../cli/ops/pulls/readPulls.ts';
import { showPull } from '../../../cli/ops/pulls/showPull.ts';
import { startPull } from '../../../cli/ops/pulls/startPull.ts';
import { stopPull } from '../../../cli/ops/pulls/stopPull.ts';
import { parsePullMessage } from '../../../functions/pull/pullMessage.ts';
import { drain } from '../../integration/world.ts';
import { type OpsWorld, startOpsWorld, writtenOutput } from './opsWorld.ts';
import { TestPuller } from './testPuller.ts';

let ops: OpsWorld;
let deployment: Deployment;
let puller: TestPuller;
let tests = 0;
/** The name of a pull that no other test uses. */
let name: string;

beforeAll(async () => {
  ops = await startOpsWorld();
});

afterAll(() => ops.stop());

beforeEach(async () => {
  tests += 1;
  name = `audience-${tests}`;
  const schedules = [
    ['never-started', 'cron(5 4 * * ? *) UTC'],
    [name, 'cron(17 3 ? * TUE *) UTC'],
  ] as const;
  deployment = await ops.withPulls(new Map(schedules));
  puller = new TestPuller(deployment, name);
});

async function list(): Promise<string> {
  const output = writtenOutput();
  await listPulls(deployment, Date.now(), output);
  return output.out();
}

async function show(trigger = name): Promise<string> {
  const output = writtenOutput();
  await showPull(deployment, trigger, Date.now(), output);
  return output.out();
}

async function statusOf(): Promise<PullStatus> {
  const output = writtenOutput(true);
  await showPull(deployment, name, Date.now(), output);
  return output.values[0] as PullStatus;
}

describe('pulls list', () => {
  it('shows the schedule of each pull in words, and that a pull has never started', async () => {
    const text = await list();
    expect(text).toMatch(/^pull +schedule +state +what it came to/);
    expect(text).toMatch(/audience-\d+ +each Tuesday at 03:17 \(UTC\) +never started/);
    expect(text).toMatch(/never-started +each day at 04:05 \(UTC\) +never started/);
  });

  it('shows what a pull at work has found, and what it waits for', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.takeSteps(2);
    expect(await list()).toMatch(
      /audience-\d+ .* at work for \d+ s +2 items, 2 runs +Step 3 waits for a free puller\./,
    );
  });

  it('shows how the last occurrence ended', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.finish();
    expect(await list()).toMatch(/done \d+ s ago +3 items, 3 runs/);
    puller.failAt = 2;
    await puller.start('2026-12-01T03:17:00Z');
    await puller.finish();
    expect(await list()).toMatch(
      /FAILED \d+ s ago +1 item, 0 runs, 1 unchanged +The pull cannot go on: its step threw: no such page/,
    );
  });

  it('prints an object for each pull with --json', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.takeSteps(1);
    const output = writtenOutput(true);
    await listPulls(deployment, Date.now(), output);
    expect(output.values).toEqual([
      {
        trigger: name,
        schedule: 'cron(17 3 ? * TUE *) UTC',
        state: 'at_work',
        atWork: {
          occurrence: '2026-11-24T03:17:00Z',
          startedAtMs: expect.any(Number),
          endsAtMs: expect.any(Number),
          step: 2,
          dueAtMs: expect.any(Number),
          failures: 0,
          counts: expect.objectContaining({ steps: 1, items: 1, runs: 1 }),
        },
      },
      { trigger: 'never-started', schedule: 'cron(5 4 * * ? *) UTC', state: 'never_started' },
    ]);
  });

  it('says what to do if the system has no pulls', async () => {
    const plain = { ...deployment, pulls: undefined };
    await expect(listPulls(plain, Date.now(), writtenOutput())).rejects.toThrow(
      'The test system has no pulls: give a trigger `from` and `every` (docs/pulls.md)',
    );
  });
});

describe('pulls show', () => {
  it('shows steps, calls, rows, items and runs, and until when the occurrence has to end', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.takeSteps(1);
    const text = await show();
    expect(text).toMatch(
      /^pull audience-\d+\nIt has been at work since .* Step 2 waits for a free puller\.\n/,
    );
    expect(text).toMatch(/\nschedule +each Tuesday at 03:17 \(UTC\)\n/);
    expect(text).toMatch(/\noccurrence +2026-11-24T03:17:00Z\n/);
    expect(text).toMatch(/\nmust end by +\d{4}-.* \(in 1 d\)/);
    expect(text).toMatch(/\nitems +1\nruns queued +1\n/);
  });

  it('shows what was left out, what is beyond atMost, and the occurrence before', async () => {
    puller.atMost = 1;
    await puller.start('2026-11-24T03:17:00Z');
    await puller.finish();
    await puller.start('2026-12-01T03:17:00Z');
    await puller.takeSteps(1);
    const text = await show();
    expect(text).toMatch(/\n +so far +before\n/);
    expect(text).toMatch(/\nunchanged +1 +0\n/);
    expect(text).toMatch(/\nbeyond atMost +0 +2\n/);
    expect(text).toMatch(/The occurrence before, 2026-11-24T03:17:00Z:\nIt is done, /);
  });

  it('says that a pull waits, how often it was tried, and why', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.trouble('listAudiences at segment was answered 503', 600_000);
    expect(await show()).toMatch(
      /Step 1 waits for (?:10 min|9 min \d+ s) \(tried 1 time\): listAudiences at segment was answered 503\./,
    );
  });

  it('says that a pull has not ended in its time', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    const output = writtenOutput();
    await showPull(deployment, name, Date.now() + 25 * 3_600_000, output);
    expect(output.out()).toContain('did not end in its time. It fails at its next message');
  });

  it('still knows a pull whose trigger was removed', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.finish();
    const { queueUrl, deadLetterQueueUrl } = deployment.pulls ?? { queueUrl: '', deadLetterQueueUrl: '' };
    deployment = {
      ...deployment,
      pulls: { queueUrl, deadLetterQueueUrl, schedules: new Map([['another', 'cron(5 4 * * ? *) UTC']]) },
    };
    expect(await show()).toMatch(/\nschedule +none: its trigger was removed\n/);
  });

  it('names the closest pull, or all of them, for a name that no pull has', async () => {
    await expect(show('never-startd')).rejects.toThrow(
      'No trigger "never-startd" pulls. Did you mean never-started?',
    );
    await expect(show('x')).rejects.toThrow(`No trigger "x" pulls. The pulls are ${name}, never-started.`);
  });
});

describe('pulls start', () => {
  it('puts a start of its own into the queue of the puller', async () => {
    const output = writtenOutput();
    expect(await startPull(deployment, name, { every: 1 }, output)).toBe(true);
    expect(output.out()).toContain(`To see it: npm run ops -- pulls show ${name} --local`);
    const messages = await drain(deployment.sqs, deployment.pulls?.queueUrl ?? '');
    expect(messages.map(({ Body = '' }) => parsePullMessage(Body))).toEqual([
      {
        version: 1,
        kind: 'start',
        trigger: name,
        occurrence: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z-by-hand$/),
      },
    ]);
  });

  it('refuses a pull that is at work, and a name that no pull has', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await expect(startPull(deployment, name, { every: 1 }, writtenOutput())).rejects.toThrow(
      /has been at work since .*: wait for its end .* or stop it first \(npm run ops -- pulls stop/,
    );
    await expect(startPull(deployment, 'never-startd', { every: 1 }, writtenOutput())).rejects.toThrow(
      'Did you mean never-started?',
    );
  });

  it('shows the progress with --follow, and tells a done occurrence from a failed one', async () => {
    const output = writtenOutput();
    const work = puller.work();
    expect(await startPull(deployment, name, { follow: true, every: 1 }, output)).toBe(true);
    expect(output.notes()).toMatch(/^Following audience-\d+ on the test system; Ctrl-C ends this/);
    expect(output.out()).toMatch(/^3 items, 3 runs\. It is done, /);
    puller.failAt = 1;
    const failed = writtenOutput(true);
    expect(await startPull(deployment, name, { follow: true, every: 1 }, failed)).toBe(false);
    expect(failed.values.at(-1)).toMatchObject({ trigger: name, state: 'failed' });
    await work.end();
  });

  it('says that the occurrence was skipped, because another one has begun', async () => {
    const output = writtenOutput();
    const followed = startPull(deployment, name, { follow: true, every: 1 }, output);
    await expect.poll(() => output.notes()).toContain('It waits for a free puller.');
    await puller.start('2026-11-24T03:17:00Z');
    const work = puller.work({ steps: 0 });
    expect(await followed).toBe(false);
    expect(output.out()).toBe('It was skipped, because another occurrence was at work.');
    await work.end();
  });

  it('tells a wait once, however long it is', async () => {
    const output = writtenOutput();
    const interrupt = new AbortController();
    const followed = startPull(deployment, name, { follow: true, every: 0.1 }, output, interrupt.signal);
    await expect.poll(() => output.notes()).toContain('It waits for a free puller.');
    const work = puller.work({ steps: 0 });
    await expect.poll(() => output.notes()).toContain('Step 1 waits for a free puller.');
    await work.end();
    await puller.trouble('listAudiences at segment was answered 503', 600_000);
    await expect.poll(() => output.notes()).toContain('(tried 1 time): listAudiences');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    interrupt.abort();
    await followed;
    expect(output.notes().match(/tried 1 time/g)).toHaveLength(1);
  });

  it('leaves the pull at work when following is interrupted', async () => {
    const output = writtenOutput();
    const interrupt = new AbortController();
    const followed = startPull(deployment, name, { follow: true, every: 1 }, output, interrupt.signal);
    await expect.poll(() => output.notes()).toContain('It waits for a free puller.');
    interrupt.abort();
    expect(await followed).toBe(false);
    expect(output.notes()).toContain('The pull goes on. To see it: npm run ops -- pulls show');
  });
});

describe('pulls stop', () => {
  it('ends the occurrence, names who did it, and says what its runs do', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.takeSteps(2);
    const output = writtenOutput();
    expect(await stopPull(deployment, name, Date.now(), output)).toBe(true);
    expect(output.out()).toContain('was stopped by ann.\nIt has queued 2 runs, which go on;');
    expect(output.out()).toContain(`To end them: npm run ops -- runs cancel --trigger ${name} --local`);
    await puller.finish();
    expect(await show()).toMatch(/It was stopped, .* Stopped by ann\.\n/);
    expect(await statusOf()).toMatchObject({ state: 'stopped', last: { counts: { runs: 2 } } });
  });

  it('lets the next occurrence begin from the first page', async () => {
    await puller.start('2026-11-24T03:17:00Z');
    await puller.takeSteps(2);
    await stopPull(deployment, name, Date.now(), writtenOutput());
    await puller.start('2026-12-01T03:17:00Z');
    await puller.finish();
    expect(await statusOf()).toMatchObject({
      state: 'done',
      last: { occurrence: '2026-12-01T03:17:00Z', counts: { items: 3, runs: 1, unchanged: 2 } },
    });
  });

  it('refuses a pull that is not at work, and says how it ended', async () => {
    await expect(stopPull(deployment, name, Date.now(), writtenOutput())).rejects.toThrow(
      `The pull ${name} is not at work. It has never started.`,
    );
    await puller.start('2026-11-24T03:17:00Z');
    await puller.finish();
    await expect(stopPull(deployment, name, Date.now(), writtenOutput())).rejects.toThrow(
      /is not at work\. It is done, /,
    );
  });
});
