/// <reference lib="esnext.disposable" />
import type { SourceName } from '../functions/sources/source.ts';
import type { AwsClients } from './aws/clients.ts';
import type { Endpoints } from './aws/endpoints.ts';
import { type FunctionUrlServer, startFunctionUrl } from './http/functionUrlServer.ts';
import type { Gateway } from './iam/gateway.ts';
import type { EnvironmentPool } from './lambda/environmentPool.ts';
import type { FunctionLogListener } from './lambda/functionLog.ts';
import { LocalSystemError } from './localSystemError.ts';
import { allOrThrow } from './system/allOrThrow.ts';
import { type CreatedStack, createStack } from './system/createStack.ts';
import { FunctionLogs } from './system/functionLogs.ts';
import type { StackFunctions } from './system/functionsByKind.ts';
import type { ParkedCount } from './system/parkedRuns.ts';
import { putSecrets } from './system/putSecrets.ts';
import { type Backend, startBackend } from './system/startBackend.ts';
import { startFunctions } from './system/startFunctions.ts';
import { startMappings } from './system/startMappings.ts';
import { type LocalPulls, startPulls } from './system/startPulls.ts';
import { type RunSchedule, startSchedules } from './system/startSchedules.ts';
import { synthesizeAfresh } from './system/synthesizeAfresh.ts';
import { type LocalSystemOptions, localSecrets } from './system/systemOptions.ts';
import { openSources, type SystemResources, systemResources } from './system/systemResources.ts';
import { type DrainOptions, waitUntilDrained } from './system/waitUntilDrained.ts';
import type { WorkPlaces } from './system/workLeft.ts';
import { readTemplate } from './template/readTemplate.ts';
import type { Stack } from './template/stackBuilder.ts';

/** The deployed system, on this machine. */
export interface LocalSystem {
  /** Where Segment posts to: `http://127.0.0.1:8787/segment`. */
  readonly segmentUrl: string;
  /** Where each source posts to, of those that are open. */
  readonly sourceUrls: Readonly<Partial<Record<SourceName, string>>>;
  readonly sharedSecret: string;
  readonly bearerToken?: string;
  readonly segopsWebhookSecret: string;
  readonly maveraBaseUrl: string;
  readonly stack: Stack;
  readonly resources: SystemResources;
  /** What the functions write, at `endpoints.logs`. */
  readonly logGroups: {
    readonly receiver: string;
    readonly runner: string;
    /** Only with a trigger that pulls. */
    readonly puller?: string;
  };
  /** The servers, bypassing the gateway. */
  readonly endpoints: Endpoints;
  readonly clients: AwsClients;
  /** What the functions see as AWS; it counts their calls. */
  readonly gateway: Gateway;
  readonly receiver: EnvironmentPool;
  readonly runner: EnvironmentPool;
  readonly dispatcher: EnvironmentPool;
  /** Started only by {@link LocalSystem.runSchedule}; `undefined` without the setting `honourDeletes`. */
  readonly forgetter: EnvironmentPool | undefined;
  /** Started only by {@link LocalSystem.startPull}; `undefined` without a trigger that pulls. */
  readonly puller: EnvironmentPool | undefined;
  /** Trigger → the schedule of its pull, such as `cron(17 3 ? * TUE *) UTC`. */
  readonly pulls: Readonly<Record<string, string>>;
  /** Settles when an embedded server has ended, which is an error while the system runs. */
  readonly broken: Promise<LocalSystemError>;
  /** Passes every new log line of the functions to a listener. @returns a function that stops this. */
  onLog(listener: FunctionLogListener): () => void;
  /**
   * Runs the schedule of a function at once, and waits for the invocation's result. Nothing else starts the forgetter here.
   *
   * @throws {LocalSystemError} when the template does not have this function.
   */
  readonly runSchedule: RunSchedule;
  /**
   * Starts the pull of a trigger at once. Nothing else starts it here.
   *
   * @returns the name of the occurrence
   * @throws {LocalSystemError} when this trigger does not pull.
   */
  startPull(trigger: string): Promise<string>;
  /**
   * Waits until no work is left: no message in the queues of runs and pulls, no parked run, no pull at work, no invocation
   * under way. What the dispatcher sends to itself is not work.
   *
   * @returns the parked runs that were allowed to stay.
   * @throws {LocalSystemError} with what is left after the timeout.
   */
  waitUntilDrained(timeoutMs: number, mayStay?: DrainOptions['mayStay']): Promise<readonly ParkedCount[]>;
  /** Ends everything that was started; a second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Boots the system from a freshly synthesized template: tables, queues, topic, secrets, functions with their
 * environment and role, event source mappings, schedules and HTTP front, all on the loopback interface.
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
  const functions = startFunctions(created.stack, backend, logs, started, options);
  const pulls = startPulls(created, functions, backend);
  const resources = systemResources(functions, pulls, backend.endpoints, backend.secretArns);
  await putSecrets(backend.clients, resources, options);
  await startMappings(created, functions, backend, options, started);
  const runSchedule = startSchedules(functions, options, started);
  // The front starts first, to claim its port, and must also stop first: stopping runs in reverse order.
  started.defer(() => front.stop());
  front.open((event) => functions.receiver.pool.invoke(event));
  const parts = { started, logs, front, backend, functions, resources, created, runSchedule, pulls };
  return localSystem(options, parts);
}

interface Parts {
  readonly started: AsyncDisposableStack;
  readonly logs: FunctionLogs;
  readonly front: FunctionUrlServer;
  readonly backend: Backend;
  readonly functions: StackFunctions;
  readonly resources: SystemResources;
  readonly created: CreatedStack;
  readonly runSchedule: RunSchedule;
  readonly pulls: LocalPulls;
}

function localSystem(options: LocalSystemOptions, parts: Parts): LocalSystem {
  const { started, logs, front, backend, functions, resources, created, runSchedule, pulls } = parts;
  const { endpoints, clients, gateway } = backend;
  const places = workPlaces(parts);
  let stopping: Promise<void> | undefined;
  return {
    segmentUrl: new URL('segment', front.url).href,
    sourceUrls: Object.fromEntries(
      openSources(functions.receiver.definition).map((name) => [name, new URL(name, front.url).href]),
    ),
    sharedSecret: options.sharedSecret ?? localSecrets.sharedSecret,
    ...(options.bearerToken === undefined ? {} : { bearerToken: options.bearerToken }),
    segopsWebhookSecret: options.segopsWebhookSecret ?? localSecrets.segopsWebhookSecret,
    maveraBaseUrl: options.maveraBaseUrl,
    stack: created.stack,
    resources,
    logGroups: logGroupsOf(functions),
    endpoints,
    clients,
    gateway,
    receiver: functions.receiver.pool,
    runner: functions.runner.pool,
    dispatcher: functions.dispatcher.pool,
    forgetter: functions.forgetter?.pool,
    puller: functions.puller?.pool,
    pulls: pulls.schedules,
    broken: backend.ended.then(
      () => new LocalSystemError('an embedded AWS server has ended: start the system again'),
    ),
    onLog: (listener) => logs.add(listener),
    runSchedule,
    startPull: pulls.start,
    waitUntilDrained: (timeoutMs, mayStay) =>
      waitUntilDrained(places, { timeoutMs, ...(mayStay === undefined ? {} : { mayStay }) }),
    stop: () => {
      stopping ??= started.disposeAsync();
      return stopping;
    },
  };
}

function logGroupsOf({ receiver, runner, puller }: StackFunctions): LocalSystem['logGroups'] {
  return {
    receiver: receiver.definition.logGroupName,
    runner: runner.definition.logGroupName,
    ...(puller === undefined ? {} : { puller: puller.definition.logGroupName }),
  };
}

/** Where runs and pulls can be. What is in the dispatcher's own queue only starts it: the runs that it sends are in the ledger. */
function workPlaces({ created, functions, resources, pulls, backend }: Parts): WorkPlaces {
  const { clients, endpoints } = backend;
  const queues = functions.all
    .filter((fn) => fn !== functions.dispatcher)
    .flatMap(({ invokers }) => invokers.mappings.map(({ queueArn }) => created.queueUrls.get(queueArn)));
  return {
    clients,
    queueUrls: queues.flatMap((url) =>
      url === undefined ? [] : [`${endpoints.sqs}${new URL(url).pathname}`],
    ),
    pools: functions.all.map(({ pool }) => pool),
    tableName: resources.tableName,
    pulls: Object.keys(pulls.schedules),
  };
}
