import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { localCredentials, region } from '../../../local/account/account.ts';
import { startSecretsManager } from '../../../local/aws/secretsManagerServer.ts';
import { type LocalState, writeLocalState } from '../../../local/dev/localState.ts';
import {
  type SendGridSimulator,
  type SendGridSimulatorOptions,
  startSendGridSimulator,
} from '../../../simulators/sendgrid/sendGridSimulator.ts';
import type { Result } from '../runCommand.ts';
import { runConnect } from './connectWorld.ts';

/** A secret and SendGrid, and the command; nobody receives anything. */
export interface SourceWorld {
  readonly sendgrid: SendGridSimulator;
  /** Runs `npm run connect -- <args> --local`. */
  connect(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>;
  secret(): Promise<Readonly<Record<string, unknown>>>;
  putSecret(members: object): Promise<void>;
  /** Calls of the API that change something. */
  writes(): number;
}

const nowhere = 'http://127.0.0.1:1';

/** The URL that SendGrid should post to. */
export const sendgridUrl = `${nowhere}/sendgrid`;

/** Starts one, which ends with the test. @param members of the secret */
export async function useSourceWorld(
  members: object,
  options: SendGridSimulatorOptions = {},
  changes: Partial<LocalState> = {},
): Promise<SourceWorld> {
  const server = await startSecretsManager();
  const client = new SecretsManagerClient({
    region,
    credentials: localCredentials,
    endpoint: server.endpoint,
  });
  const { ARN: SecretId = '' } = await client.send(
    new CreateSecretCommand({ Name: 'source', SecretString: JSON.stringify(members) }),
  );
  const sendgrid = await startSendGridSimulator({ latencyMs: 0, ...options });
  const directory = await mkdtemp(join(tmpdir(), 'connect-'));
  onTestFinished(async () => {
    client.destroy();
    await Promise.all([sendgrid.stop(), server.stop(), rm(directory, { recursive: true })]);
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
    sendgridSecretArn: SecretId,
    segopsSecretArn: SecretId,
    triggersFile: join(projectRoot, 'test/cli/connect/triggers/sendgrid.ts'),
    sendgridApi: { apiUrl: sendgrid.baseUrl },
    ...changes,
  });
  return {
    sendgrid,
    connect: (args, env = {}) => runConnect(args, directory, env),
    secret: async () => {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      return JSON.parse(SecretString) as Readonly<Record<string, unknown>>;
    },
    putSecret: async (next) => {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(next) }));
    },
    writes: () => sendgrid.calls().filter(({ method }) => method !== 'GET').length,
  };
}
