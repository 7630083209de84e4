import type { TestProject } from 'vitest/node';
import type { Endpoints } from '../../local/aws/endpoints.ts';
import { type AwsServers, startAwsServers } from '../../local/aws/servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The emulators that all test files share. Each file makes tables and queues with names of its own there. */
    readonly awsEndpoints: Endpoints;
  }
}

let servers: AwsServers | undefined;

/** Starts DynamoDB, SQS, SNS and Secrets Manager once for all test files of a project. */
export async function setup(project: TestProject): Promise<void> {
  servers = await startAwsServers({}, process.env.PATH ?? '');
  project.provide('awsEndpoints', servers.endpoints);
}

/** Stops them, and so drops whatever the tests left there. */
export async function teardown(): Promise<void> {
  await servers?.stop();
}
