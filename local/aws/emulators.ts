import { fork } from 'node:child_process';
import { once } from 'node:events';
import { modulePath } from '../../infra/bundling/projectRoot.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { EmulatorReport, EmulatorRequest } from './emulatorMessages.ts';

/** The embedded emulators that were started. */
export interface Emulators {
  readonly dynamodb?: string;
  /** One server for SQS and SNS. */
  readonly fauxqs?: string;
  /** Settles when they have ended, through `stop` or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const noEmulators: Emulators = { ended: new Promise(() => undefined), stop: async () => undefined };

/**
 * Starts the embedded emulators in their own process, so that they do not block the event loop of this one.
 *
 * @throws {LocalSystemError} when one of them does not start.
 */
export async function startEmulators(wanted: EmulatorRequest): Promise<Emulators> {
  if (wanted.dynoxide === undefined && !wanted.fauxqs) {
    return noEmulators;
  }
  const child = fork(modulePath('local/aws/emulatorProcess.ts'), {
    env: { PATH: process.env.PATH },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => undefined);
  const report = once(child, 'message').then(([message]) => message as EmulatorReport);
  child.send(wanted);
  const started = await Promise.race([report, ended]);
  if (started?.type !== 'ready') {
    child.kill('SIGKILL');
    throw new LocalSystemError(
      started?.message ?? 'the process of the AWS emulators ended before they listened',
    );
  }
  return {
    ...(started.dynamodb === undefined ? {} : { dynamodb: started.dynamodb }),
    ...(started.fauxqs === undefined ? {} : { fauxqs: started.fauxqs }),
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
