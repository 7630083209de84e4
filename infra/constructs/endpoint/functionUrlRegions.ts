import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { SettingsError } from '../../settings/settingsError.ts';

/** Regions of Lambda without Function URLs. Source: AWS Lambda developer guide, "Function URLs", November 2026. */
const regionsWithoutFunctionUrls: ReadonlySet<string> = new Set([
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
]);

/**
 * Stops a deployment with a Function URL in a region that has none. A stack without a region is deployed to the one that
 * the CDK command-line tool passes on; without that, the region cannot be known before the deployment.
 *
 * @throws SettingsError
 */
export function checkFunctionUrlRegion(scope: Construct): void {
  const { region } = Stack.of(scope);
  const known = Token.isUnresolved(region) ? process.env.CDK_DEFAULT_REGION : region;
  if (known !== undefined && regionsWithoutFunctionUrls.has(known)) {
    throw new SettingsError(
      `Setting endpoint is function-url, but Lambda has no Function URLs in the region ${known}: give endpoint=http-api.`,
    );
  }
}
