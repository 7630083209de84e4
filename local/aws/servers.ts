import { findDynoxide } from './dynoxide.ts';
import { startEmulators } from './emulators.ts';
import type { Endpoints } from './endpoints.ts';
import { type LogsServer, startLogs } from './logsServer.ts';
import { startSecretsManager } from './secretsManagerServer.ts';

/** The servers that stand in for AWS. */
export interface AwsServers {
  readonly endpoints: Endpoints;
  /** Keeps what functions write. */
  readonly logs: Pick<LogsServer, 'addGroup' | 'keep'>;
  /** Settles when the embedded ones have ended, through `stop` or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an embedded server for each service without a given one.
 *
 * @param given servers to use instead of embedded ones.
 * @param path the PATH on which `dynoxide` is searched.
 * @throws {LocalSystemError} when one cannot be started.
 */
export async function startAwsServers(given: Partial<Endpoints>, path: string): Promise<AwsServers> {
  const emulators = await startEmulators({
    ...(given.dynamodb === undefined ? { dynoxide: findDynoxide(path) } : {}),
    fauxqs: given.sqs === undefined || given.sns === undefined,
  });
  const secretsManager = await startSecretsManager();
  const logs = await startLogs();
  return {
    endpoints: {
      dynamodb: given.dynamodb ?? emulators.dynamodb ?? '',
      sqs: given.sqs ?? emulators.fauxqs ?? '',
      sns: given.sns ?? emulators.fauxqs ?? '',
      secretsmanager: given.secretsmanager ?? secretsManager.endpoint,
      logs: logs.endpoint,
    },
    logs,
    ended: emulators.ended,
    stop: async () => {
      await Promise.all([emulators.stop(), secretsManager.stop(), logs.stop()]);
    },
  };
}
