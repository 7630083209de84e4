import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { localCredentials, region } from '../../../local/account/account.ts';
import { startSecretsManager } from '../../../local/aws/secretsManagerServer.ts';
import { type LocalState, writeLocalState } from '../../../local/dev/localState.ts';
import {
  type SegmentWorkspace,
  startSegmentWorkspace,
  type WorkspaceOptions,
} from '../../../simulators/segment/workspace/workspace.ts';
import { type Result, runHere, type Surroundings, startCommand } from '../runCommand.ts';

/** A secret and a workspace, and the command; nobody receives anything. */
export interface ConnectWorld {
  readonly workspace: SegmentWorkspace;
  readonly segmentUrl: string;
  readonly secretsmanager: SecretsManagerClient;
  readonly secretId: string;
  /** Runs `npm run connect -- <command> --local <args>`. */
  connect(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>;
  secret(): Promise<Readonly<Record<string, unknown>>>;
  /** Calls of the Public API that change something. */
  writes(): number;
  leaveState(changes: Partial<LocalState>): Promise<void>;
  stop(): Promise<void>;
}

const segmentUrl = 'http://127.0.0.1:1/segment';
const nowhere = 'http://127.0.0.1:1';

/** Starts one. @param members of the secret */
export async function startConnectWorld(
  members: Readonly<Record<string, unknown>>,
  options: WorkspaceOptions = {},
): Promise<ConnectWorld> {
  const server = await startSecretsManager();
  const secretsmanager = new SecretsManagerClient({
    region,
    credentials: localCredentials,
    endpoint: server.endpoint,
  });
  const { ARN: secretId = '' } = await secretsmanager.send(
    new CreateSecretCommand({ Name: 'segment', SecretString: JSON.stringify(members) }),
  );
  const workspace = await startSegmentWorkspace(options);
  const directory = await mkdtemp(join(tmpdir(), 'connect-'));
  const leaveState = async (changes: Partial<LocalState>): Promise<void> => {
    await writeLocalState(directory, {
      version: 2,
      pid: process.pid,
      endpoints: { dynamodb: nowhere, sqs: nowhere, secretsmanager: server.endpoint },
      tableName: 'ledger',
      runQueueUrl: nowhere,
      deadLetterQueueUrl: nowhere,
      segmentUrl,
      segmentSecretArn: secretId,
      triggersFile: join(projectRoot, 'triggers.ts'),
      workspace: { apiUrl: workspace.apiUrl, trackingUrl: workspace.trackingUrl },
      ...changes,
    });
  };
  await leaveState({});
  return {
    workspace,
    segmentUrl,
    secretsmanager,
    secretId,
    leaveState,
    connect: (args, env = {}) => runConnect(args, directory, env),
    secret: async () => {
      const { SecretString = '' } = await secretsmanager.send(
        new GetSecretValueCommand({ SecretId: secretId }),
      );
      return JSON.parse(SecretString) as Readonly<Record<string, unknown>>;
    },
    writes: () => workspace.requests().filter(({ method }) => method !== 'GET').length,
    stop: async () => {
      secretsmanager.destroy();
      await Promise.all([workspace.stop(), server.stop(), rm(directory, { recursive: true })]);
    },
  };
}

const script = join(projectRoot, 'cli/connect.ts');

/** Runs `npm run connect -- <args> --local` in a directory, in this process. */
export async function runConnect(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Result> {
  return await runHere(script, localOnly(args), surroundings(cwd, env));
}

/** Runs it in a process of its own. */
export async function startConnect(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  return await startCommand(script, localOnly(args), surroundings(cwd, env));
}

function localOnly([command = '', ...rest]: readonly string[]): readonly string[] {
  return [command, ...rest, '--local'];
}

function surroundings(cwd: string, env: Readonly<Record<string, string>>): Surroundings {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return { cwd, env: { PATH, NODE_COMPILE_CACHE, ...env } };
}
