import { App, type Environment, Stack } from 'aws-cdk-lib/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkFunctionUrlRegion } from '../../infra/constructs/endpoint/functionUrlRegions.ts';
import { testStack } from './testStack.ts';

function checkIn(env?: Environment): void {
  checkFunctionUrlRegion(new Stack(new App(), 'Research', env === undefined ? {} : { env }));
}

describe('the region of a Function URL', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
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
  ])('is refused if Lambda has none there, with the setting to change: %s', (region) => {
    expect(() => checkIn({ region })).toThrow(
      `Setting endpoint is function-url, but Lambda has no Function URLs in the region ${region}: give endpoint=http-api.`,
    );
  });

  it('is the one that the CDK command-line tool passes on, if the stack has none', () => {
    vi.stubEnv('CDK_DEFAULT_REGION', 'il-central-1');
    expect(() => checkIn()).toThrow('no Function URLs in the region il-central-1');
    expect(() => checkIn({ region: 'eu-west-1' })).not.toThrow();
  });

  it('is accepted in other regions, and where it is not known', () => {
    vi.stubEnv('CDK_DEFAULT_REGION', undefined);
    expect(() => checkIn({ region: 'eu-west-1' })).not.toThrow();
    expect(() => checkIn()).not.toThrow();
  });

  it('stops the synthesis of the stack, unless the endpoint is an HTTP API', () => {
    vi.stubEnv('CDK_DEFAULT_REGION', 'me-central-1');
    expect(() => testStack()).toThrow('give endpoint=http-api');
    expect(() => testStack({ endpoint: 'http-api' })).not.toThrow();
  });
});
