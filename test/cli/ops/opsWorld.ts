import { createHash } from 'node:crypto';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import type { Output } from '../../../cli/ops/output.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { ParkedRuns, type Parking } from '../../../functions/ledger/parkedRuns.ts';
import { dayOf } from '../../../functions/ledger/runItem.ts';
import { type RunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { startWorld, type World } from '../../integration/world.ts';

/** Attributes of an item as plain values. */
export type Attributes = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A ledger, a run queue and a dead-letter queue on emulators, and what operators and tests do with them. */
export interface OpsWorld {
  readonly world: World;
  readonly deployment: Deployment;
  /** Another deployment on the same ledger, whose queues are empty. */
  withFreshQueues(): Promise<Deployment>;
  /** The same with pulls. @param schedules by trigger */
  withPulls(schedules: ReadonlyMap<string, string>): Promise<Deployment>;
  put(pk: string, attributes: Attributes): Promise<void>;
  /** Puts a run, with its details if it is given an event. @returns its id */
  putRun(name: string, attributes: Attributes, event?: unknown): Promise<string>;
  /** Parks a run, whose item the test puts itself if it needs one. @returns its id */
  park(name: string, changes?: Partial<Parking>): Promise<string>;
  stop(): Promise<void>;
}

/** Starts emulators with an empty ledger. */
export async function startOpsWorld(): Promise<OpsWorld> {
  const world = await startWorld();
  const { dynamodb, sqs } = world.clients;
  const put = async (pk: string, attributes: Attributes): Promise<void> => {
    const Item = { pk: { S: pk }, ...item(attributes) };
    await dynamodb.send(new PutItemCommand({ TableName: world.table, Item }));
  };
  const withFreshQueues = async (): Promise<Deployment> => ({
    title: 'test system',
    flags: ' --local',
    dynamodb,
    sqs,
    tableName: world.table,
    runQueueUrl: await world.newQueue(),
    readyQueueUrl: await world.newQueue(),
    deadLetterQueueUrl: await world.newQueue(),
    readCaller: async () => 'ann',
    explain: () => undefined,
    close: () => undefined,
  });
  return {
    world,
    deployment: await withFreshQueues(),
    withFreshQueues,
    withPulls: async (schedules) => ({
      ...(await withFreshQueues()),
      pulls: { queueUrl: await world.newQueue(), deadLetterQueueUrl: await world.newQueue(), schedules },
    }),
    put,
    putRun: async (name, attributes, event) => {
      const runId = runIdOf(name);
      const receivedAtMs = Number(attributes.receivedAtMs ?? Date.now());
      await put(`run#${runId}`, {
        state: 'done',
        trigger: 'churn-signal',
        source: 'segment',
        route: 'default',
        messageId: name,
        userId: 'u-1',
        day: dayOf(runId, receivedAtMs),
        receivedAtMs,
        updatedAtMs: receivedAtMs + 1_000,
        deadlineAtMs: receivedAtMs + 96 * 3_600_000,
        leaseUntilMs: 0,
        attempts: 1,
        ...attributes,
      });
      if (event !== undefined) {
        await put(`details#${runId}`, {
          events: JSON.stringify([event]),
          request: JSON.stringify({ method: 'POST', path: '/mave/chat', body: { message: 'Why?' } }),
        });
      }
      return runId;
    },
    park: async (name, changes = {}) => {
      const runId = runIdOf(name);
      const nowMs = Date.now();
      await new ParkedRuns(new LedgerTable(dynamodb, world.table)).park({
        runId,
        lane: changes.trigger ?? 'churn-signal',
        trigger: 'churn-signal',
        number: 1,
        orderMs: nowMs - 60_000,
        endsAtMs: nowMs + 96 * 3_600_000,
        credits: 20,
        body: writeRunMessage(runMessage(name)),
        expiresAtSeconds: Math.ceil(nowMs / 1_000) + 30 * 86_400,
        ...changes,
      });
      return runId;
    },
    stop: () => world.stop(),
  };
}

/** The id of a run that a test calls by a name. */
export function runIdOf(name: string): string {
  return createHash('sha1').update(name).digest('hex');
}

/** An event that a run may be about. */
export function trackEvent(messageId: string, properties: object = { ltv: 5 }): object {
  return { type: 'track', event: 'churn_signal', messageId, userId: 'u-1', properties };
}

/** The message of a run, as the receiver would have queued it. */
export function runMessage(name: string, more: Partial<RunMessage> = {}): RunMessage {
  const receivedAtMs = Date.now() - 60_000;
  return {
    version: 1,
    runId: runIdOf(name),
    trigger: 'churn-signal',
    source: 'segment',
    route: 'default',
    messageId: name,
    receivedAtMs,
    deadlineAtMs: receivedAtMs + 96 * 3_600_000,
    event: {
      type: 'track',
      event: 'churn_signal',
      messageId: name,
      userId: 'u-1',
      properties: { ltv: 5 },
      traits: {},
      context: {},
      integrations: {},
    },
    ...more,
  };
}

/** Puts a message into the dead-letter queue, as the runner does, or, without a reason, as SQS does. */
export async function putDeadLetter(
  { sqs, deadLetterQueueUrl }: Deployment,
  message: RunMessage | string,
  reason?: string,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: deadLetterQueueUrl,
      MessageBody: typeof message === 'string' ? message : writeRunMessage(message),
      ...(reason === undefined
        ? {}
        : {
            MessageAttributes: {
              reason: { DataType: 'String', StringValue: reason },
              detail: { DataType: 'String', StringValue: `A sentence about ${reason}` },
            },
          }),
    }),
  );
}

/** An output that remembers what was written to it. */
export interface Written extends Output {
  /** Texts for people, joined. */
  out(): string;
  /** Progress and warnings, joined. */
  notes(): string;
  readonly values: unknown[];
}

/** An output for people, or for programs. */
export function writtenOutput(isJson = false): Written {
  const texts: string[] = [];
  const notes: string[] = [];
  const values: unknown[] = [];
  return {
    isJson,
    text: (text) => void texts.push(text),
    note: (text) => void notes.push(text),
    document: (value) => void values.push(JSON.parse(JSON.stringify(value))),
    lines: (some) => void values.push(...(JSON.parse(JSON.stringify(some)) as unknown[])),
    out: () => texts.join('\n'),
    notes: () => notes.join('\n'),
    values,
  };
}

function item(attributes: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, attribute(value)] as const],
    ),
  );
}

function attribute(value: string | number | readonly string[]): AttributeValue {
  if (typeof value === 'string') {
    return { S: value };
  }
  return typeof value === 'number' ? { N: `${value}` } : { SS: [...value] };
}
