import { simulatedSecrets } from '../../simulators/segment/simulatedSecrets.ts';
import type { Endpoints } from '../aws/endpoints.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';

/** Values of the CDK context. */
export type Context = Readonly<Record<string, string | number | boolean>>;

/** The options of the local system. */
export interface LocalSystemOptions {
  /** The base URL of Mavera: the simulator, or any other server. */
  readonly maveraBaseUrl: string;
  /** @default a documented key that only the simulator accepts */
  readonly maveraApiKey?: string;
  /** Where results are reported to Segment. @default a port where nothing listens */
  readonly segmentTrackingUrl?: string;
  /** The write key for it. @default a documented key that only the stand-in accepts */
  readonly segmentWriteKey?: string;
  /** The secret that Segment signs with. @default `local-shared-secret` */
  readonly sharedSecret?: string;
  /** The token that `Authorization: Bearer` must have, besides the signature. @default none */
  readonly bearerToken?: string;
  /** The triggers file to bundle. @default the template's own */
  readonly triggersFile?: string;
  /** Other settings of the template. `runnerConcurrency` is 10 unless it is set here: each is a process. */
  readonly context?: Context;
  /** The port of the HTTP front. @default 0: any free one */
  readonly port?: number;
  /** How many requests are served at a time; more wait in line. @default 8 */
  readonly receiverPoolSize?: number;
  /**
   * After how many seconds a failed run's message becomes visible again. AWS waits for the queue's visibility timeout,
   * which is too long to watch.
   * @default `undefined`: as AWS
   */
  readonly redeliverAfterSeconds?: number | undefined;
  /**
   * After how many seconds the dispatcher comes again, whole seconds from 1: by its schedule, which AWS starts each minute,
   * and by its messages to itself.
   * @default 15
   */
  readonly dispatchEverySeconds?: number;
  /** Servers to use instead of the embedded ones. @default those of `AWS_ENDPOINT_URL_*` in the environment */
  readonly endpoints?: Partial<Endpoints>;
  /**
   * Puts a proxy between the functions and the gateway, such as one that makes calls fail.
   *
   * @returns the endpoint that the functions use instead of the given one
   */
  readonly interpose?: (endpoint: string) => Promise<string>;
  /** Called with every log line of a function. */
  readonly onLog?: FunctionLogListener;
  /** Called with each step of the boot. */
  readonly onProgress?: (step: string) => void;
  /** Called with errors in the background. */
  readonly onError?: (error: unknown) => void;
  /** Ends the boot. */
  readonly signal?: AbortSignal;
  /** Synthesizes the template. @default `infra/synthesize.ts` */
  readonly synthesize?: (options: {
    readonly outdir: string;
    readonly context: Context;
    readonly signal?: AbortSignal;
  }) => Promise<unknown>;
}

/** Secrets of the local system: no other system may use them. */
export const localSecrets = {
  sharedSecret: 'local-shared-secret',
  maveraApiKey: 'mvra_live_local00000000000000000000000000',
  segmentWriteKey: simulatedSecrets.writeKey,
  segmentApiToken: simulatedSecrets.apiToken,
} as const;

/** After how many seconds the dispatcher comes again, unless `DISPATCH_EVERY_SECONDS` or an option says otherwise. */
export const localDispatchEverySeconds = 15;

/** After how many seconds a failed run's message becomes visible again in `npm start` and `npm run dev`. */
export const localRedeliverAfterSeconds = 5;
