import type { System } from '../../../functions/access/operation.ts';
import type { FilledSecretProps } from './FilledSecret.ts';

/** What runner and puller know of the secret of a system that they call. */
interface SystemSecret extends Pick<FilledSecretProps, 'description' | 'whyNotRotated'> {
  /** Id of the construct. */
  readonly id: string;
  /** Last part of the secret's name. */
  readonly name: string;
  /** The functions' variable with its ARN. */
  readonly variable: string;
}

/** The systems whose secrets runner and puller read: each of them those that it needs. */
export type SecretSystem = Exclude<System, 'mavera'>;

/** The secrets that operators fill in for systems beside Mavera. */
export const systemSecrets: Readonly<Record<SecretSystem, SystemSecret>> = {
  segmentProfiles: {
    id: 'SegmentProfiles',
    name: 'segment-profiles',
    variable: 'SEGMENT_PROFILES_SECRET_ARN',
    description: 'Access tokens of Segment\'s Profile API, by space: {"accessTokens": {"spa_…": "…"}}',
    whyNotRotated: 'Segment has no API that issues an access token of a space',
  },
  segment: {
    id: 'SegmentApi',
    name: 'segment-api',
    variable: 'SEGMENT_API_SECRET_ARN',
    description: 'A token of Segment\'s Public API that may read sources and audiences: {"token": "…"}',
    whyNotRotated: "Only an owner of Segment's workspace may issue a token",
  },
  sendgrid: {
    id: 'SendGridApi',
    name: 'sendgrid-api',
    variable: 'SENDGRID_API_SECRET_ARN',
    description: 'An API key of SendGrid that may read statistics and marketing: {"apiKey": "SG.…"}',
    whyNotRotated: 'A key that may issue keys could do more than the pulls need',
  },
  segops: {
    id: 'SegOpsApi',
    name: 'segops-api',
    variable: 'SEGOPS_API_SECRET_ARN',
    description: 'A secret key of SegOps: {"apiKey": "sk_…"}',
    whyNotRotated: 'SegOps documents no API that issues a key',
  },
  segmentTracking: {
    id: 'SegmentWriteKey',
    name: 'segment-write-key',
    variable: 'SEGMENT_WRITE_KEY_SECRET_ARN',
    description: 'The write key of the Segment source that results are reported to: {"writeKey": "…"}',
    whyNotRotated: 'A write key belongs to its source at Segment',
  },
};
