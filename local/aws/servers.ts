import { findDynoxide } from './dynoxide.ts';
import { startEmulators } from './emulators.ts';
import type { Endpoints } from './endpoints.ts';
import { startSecretsManager } from './secretsManagerServer.ts';

/** The servers that stand for AWS. */
export interface AwsServers {
  readonly endpoints: Endpoints;
  /** Settles when the embedded ones have ended, whether by `stop` or by themselves. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an embedded server for each service that no other server is given for.
 *
 * @param given servers to use in place of the embedded ones.
 * @param path the PATH to look for `dynoxide` on.
 * @throws {LocalSystemError} when one cannot be started.
 */
export async function startAwsServers(given: Partial<Endpoints>, path: string): Promise<AwsServers> {
  const emulators = await startEmulators({
    ...(given.dynamodb === undefined ? { dynoxide: findDynoxide(path) } : {}),
    fauxqs: given.sqs === undefined || given.sns === undefined,
  });
  const secretsManager = await startSecretsManager();
  return {
    endpoints: {
      dynamodb: given.dynamodb ?? emulators.dynamodb ?? '',
      sqs: given.sqs ?? emulators.fauxqs ?? '',
      sns: given.sns ?? emulators.fauxqs ?? '',
      secretsmanager: given.secretsmanager ?? secretsManager.endpoint,
    },
    ended: emulators.ended,
    stop: async () => {
      await Promise.all([emulators.stop(), secretsManager.stop()]);
    },
  };
}
