import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { type SecretSystem, systemSecrets } from './secrets/systemSecrets.ts';

/** The ARN of the secret of each system that a function calls. */
export type SystemSecretArns = Readonly<Partial<Record<SecretSystem, string>>>;

/** The variables of the systems that a function calls, and of no other. */
export function systemEnvironment(settings: Settings, secretArns: SystemSecretArns): Record<string, string> {
  const { segmentProfileSpace } = settings;
  return {
    ...(secretArns.segmentProfiles === undefined
      ? {}
      : {
          SEGMENT_PROFILES_URL: settings.segmentProfilesUrl,
          SEGMENT_PROFILE_REQUESTS_PER_SECOND: String(settings.segmentProfileRequestsPerSecond),
          ...(segmentProfileSpace === undefined ? {} : { SEGMENT_PROFILE_SPACE: segmentProfileSpace }),
        }),
    ...(secretArns.segment === undefined ? {} : { SEGMENT_API_URL: settings.segmentApiUrl }),
    ...(secretArns.sendgrid === undefined ? {} : { SENDGRID_BASE_URL: settings.sendgridBaseUrl }),
    ...(secretArns.segops === undefined
      ? {}
      : {
          SEGOPS_BASE_URL: settings.segopsBaseUrl,
          SEGOPS_REQUESTS_PER_MINUTE: String(settings.segopsRequestsPerMinute),
        }),
    ...Object.fromEntries(secretsOf(secretArns).map(({ variable, arn }) => [variable, arn])),
  };
}

/** Allows a function to read the secrets of the systems that it calls. */
export function readSystemSecrets(secretArns: SystemSecretArns): PolicyStatement[] {
  return secretsOf(secretArns).map(({ id, arn }) =>
    allow(`Read${id}Secret`, arn, ['secretsmanager:GetSecretValue']),
  );
}

function secretsOf(secretArns: SystemSecretArns): { id: string; variable: string; arn: string }[] {
  return Object.entries(secretArns).map(([system, arn]) => {
    const { id, variable } = systemSecrets[system as SecretSystem];
    return { id, variable, arn };
  });
}
