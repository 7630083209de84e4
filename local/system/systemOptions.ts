import { localSpace } from '../../simulators/segment/profiles/profilesSimulator.ts';
import { simulatedSecrets } from '../../simulators/segment/simulatedSecrets.ts';
import { localSegOps } from '../../simulators/segops/segOpsSimulator.ts';
import { localSendGridKey } from '../../simulators/sendgrid/sendGridSimulator.ts';
import type { Endpoints } from '../aws/endpoints.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';

/** Values of the CDK context. */
export type Context = Readonly<Record<string, string | number | boolean>>;

/** The systems besides Mavera and the Tracking API that functions call, each with its credential. */
export interface CalledSystems {
  /** The Profile API. The token is the one of every space that triggers name, and of `space`, for lookups that name none. */
  readonly segmentProfiles: { readonly url: string; readonly token: string; readonly space: string };
  /** The Public API. */
  readonly segmentApi: { readonly url: string; readonly token: string };
  /** With the base path, such as `http://127.0.0.1:4040/api`. */
  readonly segops: { readonly url: string; readonly apiKey: string };
  /** Without a path, such as `https://api.sendgrid.com`. */
  readonly sendgrid: { readonly url: string; readonly apiKey: string };
}

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
  /** @default a port where nothing listens, for each */
  readonly systems?: Partial<CalledSystems>;
  /** One more origin from which the puller may download files, such as `http://127.0.0.1:4012`. @default `https:` only */
  readonly filesOrigin?: string;
  /**
   * The folder with what pulls read from S3: `<bucket>/<key>`.
   * @default `.mavera-triggers/s3` in the working directory
   */
  readonly s3Folder?: string;
  /**
   * The public key of SendGrid's event webhook, as base64, or several.
   * @default none: as in AWS before the receiver is connected, posts are answered 503
   */
  readonly sendgridPublicKey?: string | readonly string[];
  /** The secret that SegOps signs with. @default a documented one that only the stand-in has */
  readonly segopsWebhookSecret?: string;
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
  segmentProfilesToken: simulatedSecrets.profileToken,
  segopsApiKey: localSegOps.apiKey,
  segopsWebhookSecret: localSegOps.webhookSecret,
  sendgridApiKey: localSendGridKey,
  /** Hides the addresses of SendGrid's events. */
  sendgridAddressKey: 'local-sendgrid-address-key',
} as const;

/** The base URL of a system where nothing listens: the local system must not reach a real one by default. */
const nowhere = 'http://127.0.0.1:9';

/** The systems that functions call: those of the options, and otherwise none. */
export function calledSystems({ systems = {} }: Pick<LocalSystemOptions, 'systems'>): CalledSystems {
  return {
    segmentProfiles: { url: nowhere, token: localSecrets.segmentProfilesToken, space: localSpace },
    segmentApi: { url: nowhere, token: localSecrets.segmentApiToken },
    segops: { url: `${nowhere}/api`, apiKey: localSecrets.segopsApiKey },
    sendgrid: { url: nowhere, apiKey: localSecrets.sendgridApiKey },
    ...systems,
  };
}

/** After how many seconds the dispatcher comes again, unless `DISPATCH_EVERY_SECONDS` or an option says otherwise. */
export const localDispatchEverySeconds = 15;

/** After how many seconds a failed run's message becomes visible again in `npm start` and `npm run dev`. */
export const localRedeliverAfterSeconds = 5;
