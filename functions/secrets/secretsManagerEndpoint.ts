type Environment = Readonly<Record<string, string | undefined>>;

/** The domains of AWS's partitions, without and with IPv6, by how the names of their regions begin. */
const partitions = [
  ['cn-', 'amazonaws.com.cn', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu', 'api.amazonwebservices.eu'],
  ['us-iso-', 'c2s.ic.gov', 'api.aws.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov', 'api.aws.scloud'],
  ['eu-isoe-', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['us-isof-', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
] as const;

/**
 * The endpoint of Secrets Manager, as the AWS SDK finds it by the environment variables AWS_ENDPOINT_URL_SECRETS_MANAGER,
 * AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT.
 *
 * Source: `endpoint/bdd.ts` of `@aws-sdk/client-secrets-manager`, `partitions.ts` of `@aws-sdk/core`.
 */
export function secretsManagerEndpoint(region: string, environment: Environment): URL {
  const isSet = (variable: string): boolean => environment[variable]?.toLowerCase() === 'true';
  const given = environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? environment.AWS_ENDPOINT_URL ?? '';
  if (given !== '' && !isSet('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')) {
    return new URL(given);
  }
  const [, domain, dualStackDomain] = partitions.find(([prefix]) => region.startsWith(prefix)) ?? [
    '',
    'amazonaws.com',
    'amazonaws.com',
  ];
  const host = isSet('AWS_USE_FIPS_ENDPOINT') ? 'secretsmanager-fips' : 'secretsmanager';
  return new URL(
    `https://${host}.${region}.${isSet('AWS_USE_DUALSTACK_ENDPOINT') ? dualStackDomain : domain}`,
  );
}
