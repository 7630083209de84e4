/// <reference lib="esnext.disposable" />
import type { AwsClients } from './aws/clients.ts';
import type { Endpoints } from './aws/endpoints.ts';
import { type FunctionUrlServer, startFunctionUrl } from './http/functionUrlServer.ts';
import type { Gateway } from './iam/gateway.ts';
import type { EnvironmentPool } from './lambda/environmentPool.ts';
import type { FunctionLogListener } from './lambda/functionLog.ts';
import { LocalSystemError } from './localSystemError.ts';
import { allOrThrow } from './system/allOrThrow.ts';
import { createStack } from './system/createStack.ts';
import { FunctionLogs } from './system/functionLogs.ts';
import { putSecrets } from './system/putSecrets.ts';
import { type Backend, startBackend } from './system/startBackend.ts';
import { type StackFunctions, startFunctions } from './system/startFunctions.ts';
import { startRunnerMapping } from './system/startRunnerMapping.ts';
import { synthesizeAfresh } from './system/synthesizeAfresh.ts';
import { type LocalSystemOptions, localSecrets } from './system/systemOptions.ts';
import { type SystemResources, systemResources } from './system/systemResources.ts';
import { waitUntilDrained } from './system/waitUntilDrained.ts';
import { readTemplate } from './template/readTemplate.ts';
import type { Stack } from './template/stackBuilder.ts';

/** The deployed system, on this machine. */
export interface LocalSystem {
  /** Where Segment posts to: `http://127.0.0.1:8787/segment`. */
  readonly segmentUrl: string;
  readonly sharedSecret: string;
  readonly bearerToken?: string;
  readonly maveraBaseUrl: string;
  readonly stack: Stack;
  readonly resources: SystemResources;
  /** The servers, bypassing the gateway. */
  readonly endpoints: Endpoints;
  readonly clients: AwsClients;
  /** What the functions see as AWS; it counts their calls. */
  readonly gateway: Gateway;
  readonly receiver: EnvironmentPool;
  readonly runner: EnvironmentPool;
  /** Invoked by nothing here; `undefined` without the setting `honourDeletes`. */
  readonly forgetter: EnvironmentPool | undefined;
  /** Settles when an embedded server has ended, which is an error while the system runs. */
  readonly broken: Promise<LocalSystemError>;
  /** Passes every new log line of the functions to a listener. @returns a function that stops this. */
  onLog(listener: FunctionLogListener): () => void;
  /** Waits until the run queue is empty and no invocation is under way. */
  waitUntilDrained(timeoutMs: number): Promise<void>;
  /** Ends everything that was started; a second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Boots the system from a freshly synthesized template: tables, queues, topic, secrets, functions with their
 * environment and role, event source mapping and HTTP front, all on the loopback interface.
 *
 * @throws {LocalSystemError} for an error that the user can fix, and what the synthesis throws. Everything that was
 * started is ended then.
 */
export async function bootLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const started = new AsyncDisposableStack();
  try {
    return await boot(options, started);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

async function boot(options: LocalSystemOptions, started: AsyncDisposableStack): Promise<LocalSystem> {
  const { onProgress = () => undefined, onError = () => undefined, signal } = options;
  const logs = new FunctionLogs();
  logs.add(options.onLog ?? (() => undefined));
  const front = await startFunctionUrl(options.port ?? 0);
  started.defer(() => front.stop());

  onProgress('synthesizing the template and starting the servers');
  const [assembly, backend] = await allOrThrow(
    synthesizeAfresh(options, started),
    startBackend(options, started),
  );
  const template = await readTemplate(assembly);
  signal?.throwIfAborted();

  onProgress(`creating the resources of ${template.stackName}`);
  const created = await createStack(template, backend, front.url, started, onError);
  signal?.throwIfAborted();

  onProgress('starting the functions');
  const functions = startFunctions(created.stack, backend, logs, started, options.receiverPoolSize);
  const { receiver, runner } = functions;
  const resources = systemResources(receiver.definition, runner.definition, backend.endpoints);
  await putSecrets(backend.clients, resources, options);
  const mapping = await startRunnerMapping(created, runner, backend, options);
  started.defer(() => mapping.stop());
  // The front starts first, to claim its port, and must also stop first: stopping runs in reverse order.
  started.defer(() => front.stop());
  front.open((event) => receiver.pool.invoke(event));
  return localSystem(options, { started, logs, front, backend, functions, resources, stack: created.stack });
}

interface Parts {
  readonly started: AsyncDisposableStack;
  readonly logs: FunctionLogs;
  readonly front: FunctionUrlServer;
  readonly backend: Backend;
  readonly functions: StackFunctions;
  readonly resources: SystemResources;
  readonly stack: Stack;
}

function localSystem(options: LocalSystemOptions, parts: Parts): LocalSystem {
  const { started, logs, front, backend, functions, resources, stack } = parts;
  const { endpoints, clients, gateway } = backend;
  const pools = [functions.receiver.pool, functions.runner.pool];
  let stopping: Promise<void> | undefined;
  return {
    segmentUrl: new URL('segment', front.url).href,
    sharedSecret: options.sharedSecret ?? localSecrets.sharedSecret,
    ...(options.bearerToken === undefined ? {} : { bearerToken: options.bearerToken }),
    maveraBaseUrl: options.maveraBaseUrl,
    stack,
    resources,
    endpoints,
    clients,
    gateway,
    receiver: functions.receiver.pool,
    runner: functions.runner.pool,
    forgetter: functions.forgetter?.pool,
    broken: backend.ended.then(
      () => new LocalSystemError('an embedded AWS server has ended: start the system again'),
    ),
    onLog: (listener) => logs.add(listener),
    waitUntilDrained: (timeoutMs) => waitUntilDrained(clients.sqs, resources.runQueueUrl, pools, timeoutMs),
    stop: () => {
      stopping ??= started.disposeAsync();
      return stopping;
    },
  };
}
