import * as z from 'zod/mini';
import { numeric, required } from '../environment/parseEnvironment.ts';
import type { CachedSecret } from '../secrets/cachedSecret.ts';
import { parseSegmentApiCredentials, type SegmentApiCredentials } from './segment/credentials.ts';
import {
  parseSegmentProfilesCredentials,
  type SegmentProfilesCredentials,
} from './segmentProfiles/credentials.ts';
import {
  parseSegmentTrackingCredentials,
  type SegmentTrackingCredentials,
} from './segmentTracking/credentials.ts';
import { parseSegOpsApiCredentials, type SegOpsApiCredentials } from './segops/credentials.ts';
import { parseSendGridApiCredentials, type SendGridApiCredentials } from './sendgrid/credentials.ts';

/** Where a system is, and what opens it. */
interface OpenSystem<Credentials> {
  readonly baseUrl: string;
  readonly secret: CachedSecret<Credentials>;
}

/** The systems beside Mavera that runs and pulls call. Those that nobody needs are absent. */
export interface SystemOptions {
  readonly segmentProfiles?: ProfilesOptions | undefined;
  readonly segment?: OpenSystem<SegmentApiCredentials> | undefined;
  readonly segops?: SegOpsOptions | undefined;
  /** Only pulls call it. */
  readonly sendgrid?: OpenSystem<SendGridApiCredentials> | undefined;
  readonly segmentTracking: {
    readonly baseUrl: string;
    /** Absent where no trigger reports to Segment. */
    readonly secret?: CachedSecret<SegmentTrackingCredentials> | undefined;
  };
}

interface ProfilesOptions extends OpenSystem<SegmentProfilesCredentials> {
  /** The space of lookups that name none; absent where none is set. */
  readonly space?: string | undefined;
  /** For each space. */
  readonly requestsPerSecond: number;
}

interface SegOpsOptions extends OpenSystem<SegOpsApiCredentials> {
  readonly requestsPerMinute: number;
}

/** The variables of the systems that pulls may call, as runs do. The stack sets those of the systems that are needed. */
export const pullSystemVariables = {
  SEGMENT_PROFILES_URL: z.optional(required),
  SEGMENT_PROFILES_SECRET_ARN: z.optional(required),
  SEGMENT_PROFILE_SPACE: z.optional(required),
  SEGMENT_PROFILE_REQUESTS_PER_SECOND: z.optional(numeric),
  SEGMENT_API_URL: z.optional(required),
  SEGMENT_API_SECRET_ARN: z.optional(required),
  SEGOPS_BASE_URL: z.optional(required),
  SEGOPS_API_SECRET_ARN: z.optional(required),
  SEGOPS_REQUESTS_PER_MINUTE: z.optional(numeric),
  SENDGRID_BASE_URL: z.optional(required),
  SENDGRID_API_SECRET_ARN: z.optional(required),
};

/** The variables of all of these systems. */
export const systemVariables = {
  ...pullSystemVariables,
  SEGMENT_TRACKING_URL: required,
  SEGMENT_WRITE_KEY_SECRET_ARN: z.optional(required),
};

/** The values of {@link systemVariables}. */
export type SystemVariables = Readonly<z.infer<z.ZodMiniObject<typeof systemVariables>>>;

/** The values of {@link pullSystemVariables}. */
export type PullSystemVariables = Readonly<z.infer<z.ZodMiniObject<typeof pullSystemVariables>>>;

/**
 * Opens a secret.
 *
 * @param title what it is, for the log
 */
export type OpenSecret = <Credentials>(
  secretId: string,
  parse: (json: unknown) => Credentials,
  title: string,
) => CachedSecret<Credentials>;

/** The systems whose variables are set. */
export function systemOptions(variables: SystemVariables, openSecret: OpenSecret): SystemOptions {
  return {
    ...pullSystemOptions(variables, openSecret),
    segmentTracking: segmentTracking(variables, openSecret),
  };
}

/** The systems whose variables are set, without the one that only results are reported to. */
export function pullSystemOptions(
  variables: PullSystemVariables,
  openSecret: OpenSecret,
): Omit<SystemOptions, 'segmentTracking'> {
  return {
    segmentProfiles: segmentProfiles(variables, openSecret),
    segment: segment(variables, openSecret),
    segops: segops(variables, openSecret),
    sendgrid: sendgrid(variables, openSecret),
  };
}

function segmentProfiles(
  variables: PullSystemVariables,
  openSecret: OpenSecret,
): ProfilesOptions | undefined {
  const { SEGMENT_PROFILES_URL: baseUrl, SEGMENT_PROFILES_SECRET_ARN: secretId } = variables;
  const { SEGMENT_PROFILE_REQUESTS_PER_SECOND: requestsPerSecond = 20 } = variables;
  if (baseUrl === undefined || secretId === undefined) {
    return undefined;
  }
  const secret = openSecret(secretId, parseSegmentProfilesCredentials, "Segment's profile access tokens");
  return { baseUrl, secret, requestsPerSecond, space: variables.SEGMENT_PROFILE_SPACE };
}

function segment(
  { SEGMENT_API_URL: baseUrl, SEGMENT_API_SECRET_ARN: secretId }: PullSystemVariables,
  openSecret: OpenSecret,
): SystemOptions['segment'] {
  return baseUrl === undefined || secretId === undefined
    ? undefined
    : { baseUrl, secret: openSecret(secretId, parseSegmentApiCredentials, "Segment's Public API token") };
}

function segops(variables: PullSystemVariables, openSecret: OpenSecret): SegOpsOptions | undefined {
  const { SEGOPS_BASE_URL: baseUrl, SEGOPS_API_SECRET_ARN: secretId } = variables;
  const { SEGOPS_REQUESTS_PER_MINUTE: requestsPerMinute = 60 } = variables;
  return baseUrl === undefined || secretId === undefined
    ? undefined
    : {
        baseUrl,
        secret: openSecret(secretId, parseSegOpsApiCredentials, "SegOps's API key"),
        requestsPerMinute,
      };
}

function sendgrid(
  { SENDGRID_BASE_URL: baseUrl, SENDGRID_API_SECRET_ARN: secretId }: PullSystemVariables,
  openSecret: OpenSecret,
): SystemOptions['sendgrid'] {
  return baseUrl === undefined || secretId === undefined
    ? undefined
    : { baseUrl, secret: openSecret(secretId, parseSendGridApiCredentials, "SendGrid's API key") };
}

function segmentTracking(
  { SEGMENT_TRACKING_URL: baseUrl, SEGMENT_WRITE_KEY_SECRET_ARN: secretId }: SystemVariables,
  openSecret: OpenSecret,
): SystemOptions['segmentTracking'] {
  const title = "Segment's write key";
  return {
    baseUrl,
    secret: secretId === undefined ? undefined : openSecret(secretId, parseSegmentTrackingCredentials, title),
  };
}
