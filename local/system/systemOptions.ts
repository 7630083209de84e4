import { simulatedSecrets } from '../../simulators/segment/simulatedSecrets.ts';
import type { Endpoints } from '../aws/endpoints.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';

/** Values of the CDK context. */
export type Context = Readonly<Record<string, string | number | boolean>>;

/** What the local system is booted with. */
export interface LocalSystemOptions {
  /** Where Mavera is: the simulator, or any other server. */
  readonly maveraBaseUrl: string;
  /** @default a documented key that only the simulator takes */
  readonly maveraApiKey?: string;
  /** Where results are reported to Segment. @default nowhere: a port that nobody listens at */
  readonly segmentTrackingUrl?: string;
  /** The write key for it. @default a documented key that only the stand-in takes */
  readonly segmentWriteKey?: string;
  /** What Segment signs with. @default `local-shared-secret` */
  readonly sharedSecret?: string;
  /** What `Authorization: Bearer` has to carry besides the signature. @default none */
  readonly bearerToken?: string;
  /** The triggers file to bundle. @default the template's own */
  readonly triggersFile?: string;
  /** Further settings of the template. */
  readonly context?: Context;
  /** The port of the HTTP front. @default 0: any free one */
  readonly port?: number;
  /** How many requests are served at a time; more wait in line. @default 8 */
  readonly receiverPoolSize?: number;
  /**
   * After how many seconds a failed run's message is shown again. AWS waits for the queue's visibility timeout, here
   * longer than anyone wants to watch.
   * @default `undefined`: as AWS
   */
  readonly redeliverAfterSeconds?: number | undefined;
  /** Servers to use in place of the embedded ones. @default those of `AWS_ENDPOINT_URL_*` in the environment */
  readonly endpoints?: Partial<Endpoints>;
  /**
   * Puts something between the functions and what they see as AWS, such as a proxy that makes calls fail.
   *
   * @returns the endpoint that the functions are to use in place of the given one
   */
  readonly interpose?: (endpoint: string) => Promise<string>;
  /** Takes every line that a function writes. */
  readonly onLog?: FunctionLogListener;
  /** Takes a line for each step of the boot. */
  readonly onProgress?: (step: string) => void;
  /** Takes what went wrong where nobody waits for an answer. */
  readonly onError?: (error: unknown) => void;
  /** Ends the boot. */
  readonly signal?: AbortSignal;
  /** Makes the cloud assembly. @default `infra/synthesize.ts` */
  readonly synthesize?: (options: {
    readonly outdir: string;
    readonly context: Context;
    readonly signal?: AbortSignal;
  }) => Promise<unknown>;
}

/** Secrets of the local system alone: no other system may have them. */
export const localSecrets = {
  sharedSecret: 'local-shared-secret',
  maveraApiKey: 'mvra_live_local00000000000000000000000000',
  segmentWriteKey: simulatedSecrets.writeKey,
  segmentApiToken: simulatedSecrets.apiToken,
} as const;

/** After how many seconds `npm start` and `npm run dev` show a failed run's message again. */
export const localRedeliverAfterSeconds = 5;
