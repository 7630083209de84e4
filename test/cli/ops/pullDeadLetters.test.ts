import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discardDeadLetters } from '../../../cli/ops/deadLetters/discardDeadLetters.ts';
import { listDeadLetters } from '../../../cli/ops/deadLetters/listDeadLetters.ts';
import { redriveDeadLetters } from '../../../cli/ops/deadLetters/redriveDeadLetters.ts';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import { showStatus } from '../../../cli/ops/status/statusCommand.ts';
import { type PullMessage, parsePullMessage, writePullMessage } from '../../../functions/pull/pullMessage.ts';
import { drain } from '../../integration/world.ts';
import { type OpsWorld, putDeadLetter, runMessage, startOpsWorld, writtenOutput } from './opsWorld.ts';
import { TestPuller } from './testPuller.ts';

let ops: OpsWorld;
let deployment: Deployment;
let puller: TestPuller;
let tests = 0;
let name: string;

beforeAll(async () => {
  ops = await startOpsWorld();
});

afterAll(() => ops.stop());

beforeEach(async () => {
  tests += 1;
  name = `contacts-${tests}`;
  deployment = await ops.withPulls(new Map([[name, 'cron(5 4 * * ? *) UTC']]));
  puller = new TestPuller(deployment, name);
});

async function putPullLetter(message: PullMessage | string, scheduleError?: string): Promise<void> {
  await deployment.sqs.send(
    new SendMessageCommand({
      QueueUrl: deployment.pulls?.deadLetterQueueUrl,
      MessageBody: typeof message === 'string' ? message : writePullMessage(message),
      ...(scheduleError === undefined
        ? {}
        : { MessageAttributes: { ERROR_MESSAGE: { DataType: 'String', StringValue: scheduleError } } }),
    }),
  );
}

function start(occurrence: string): PullMessage {
  return { version: 1, kind: 'start', trigger: name, occurrence };
}

function step(occurrence: string, number: number): PullMessage {
  return { version: 1, kind: 'step', trigger: name, occurrence, step: number };
}

async function list(): Promise<string> {
  const output = writtenOutput();
  await listDeadLetters(deployment, 200, Date.now(), output);
  return output.out();
}

async function redrive(): Promise<{ readonly isWhole: boolean; readonly text: string }> {
  const output = writtenOutput();
  const isWhole = await redriveDeadLetters(deployment, [], { trigger: name }, Date.now(), output);
  return { isWhole, text: output.out() };
}

async function queued(): Promise<readonly PullMessage[]> {
  const messages = await drain(deployment.sqs, deployment.pulls?.queueUrl ?? '');
  return messages.map(({ Body = '' }) => parsePullMessage(Body));
}

describe('dead-letters list', () => {
  it('shows the messages of pulls beside those of runs, and what their occurrences are now', async () => {
    await puller.start('first');
    await puller.finish();
    await putDeadLetter(deployment, runMessage('failed'), 'expired');
    await putPullLetter(step('first', 4));
    await putPullLetter(start('second'), 'The queue does not exist');
    const text = await list();
    expect(text).toContain('A sentence about expired');
    expect(text).toMatch(
      /- +contacts-\d+ +pull +done +Step 5 failed at each delivery: see the log of the puller\. Occu/,
    );
    expect(text).toMatch(
      /- +contacts-\d+ +pull +unknown +Its schedule could not start it: The queue does not exist/,
    );
  });

  it('prints their occurrence with --json', async () => {
    await puller.start('first');
    await putPullLetter(step('first', 0));
    const output = writtenOutput(true);
    await listDeadLetters(deployment, 200, Date.now(), output);
    expect(output.values).toEqual([
      {
        messageId: expect.any(String),
        trigger: name,
        reason: 'pull',
        detail: expect.any(String),
        sentAtMs: expect.any(Number),
        occurrence: 'first',
        pullState: 'at work',
      },
    ]);
  });

  it('shows a message that nobody can read', async () => {
    await putPullLetter('nonsense');
    expect(await list()).toMatch(/- +- +crashed +- /);
  });
});

describe('dead-letters redrive', () => {
  it('sends a step back whose occurrence is at work, and the pull goes on', async () => {
    await puller.start('first');
    await putPullLetter(step('first', 0));
    expect(await redrive()).toMatchObject({
      isWhole: true,
      text: expect.stringMatching(/contacts-\d+ +sent/),
    });
    expect(await queued()).toContainEqual(step('first', 0));
    expect(await list()).toBe('There are no dead letters.');
  });

  it('sends a start back that was never handled', async () => {
    await putPullLetter(start('first'));
    expect((await redrive()).isWhole).toBe(true);
    expect(await queued()).toEqual([start('first')]);
  });

  it('refuses a step whose occurrence has ended, and says how to pull again', async () => {
    puller.failAt = 1;
    await puller.start('first');
    await puller.finish();
    await putPullLetter(step('first', 0));
    const { isWhole, text } = await redrive();
    expect(isWhole).toBe(false);
    expect(text).toContain(
      'Its occurrence has ended (failed): discard the dead letter. ' +
        `To pull now: npm run ops -- pulls start ${name} --local`,
    );
  });

  it('refuses a start that was handled, and one beside an occurrence at work', async () => {
    await puller.start('first');
    await putPullLetter(start('first'));
    expect((await redrive()).text).toContain('Its occurrence is at work: discard the dead letter.');
    await putPullLetter(start('second'));
    expect((await redrive()).text).toMatch(
      /The pull has been at work since .*, and finds what this start would have found: discard/,
    );
  });
});

describe('dead-letters discard', () => {
  it('deletes the messages of a pull, and no others', async () => {
    await putDeadLetter(deployment, runMessage('failed'), 'expired');
    await putPullLetter(step('first', 4));
    const output = writtenOutput();
    expect(await discardDeadLetters(deployment, [], { reason: 'pull', yes: true }, output)).toBe(true);
    expect(output.out()).toMatch(/- +contacts-\d+ +discarded/);
    expect(await list()).not.toContain(name);
    expect(await list()).toContain('A sentence about expired');
  });
});

describe('status', () => {
  it('has a line of all pulls: those at work, those that failed last, and their dead letters', async () => {
    await puller.start('first');
    const pulls = new Map([...(deployment.pulls?.schedules ?? []), ['idle', 'cron(5 4 * * ? *) UTC']]);
    const { queueUrl, deadLetterQueueUrl } = deployment.pulls ?? { queueUrl: '', deadLetterQueueUrl: '' };
    deployment = { ...deployment, pulls: { queueUrl, deadLetterQueueUrl, schedules: pulls } };
    expect(await pullsLine()).toMatch(/^pulls +contacts-\d+ at work for \d+ s; 1 idle$/);
    puller.failAt = 1;
    await puller.finish();
    await putPullLetter(step('first', 4));
    expect(await pullsLine()).toMatch(
      /^pulls +contacts-\d+ FAILED \d+ s ago; 1 idle; 1 dead letter \(dead-letters list\)$/,
    );
  });

  it('has no such line if no trigger pulls', async () => {
    deployment = { ...deployment, pulls: undefined };
    expect(await pullsLine()).toBeUndefined();
  });
});

async function pullsLine(): Promise<string | undefined> {
  const output = writtenOutput();
  await showStatus(deployment, Date.now(), output);
  return output
    .out()
    .split('\n')
    .find((line) => line.startsWith('pulls '));
}
