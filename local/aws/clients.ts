import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localCredentials, region } from '../account/account.ts';
import type { Endpoints } from './endpoints.ts';

/** Clients that bypass the gateway: for the local system's own work, and for tests. */
export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly secretsmanager: SecretsManagerClient;
  destroy(): void;
}

/** Creates a client for each server. */
export function createAwsClients(endpoints: Endpoints): AwsClients {
  const options = { region, credentials: localCredentials };
  const dynamodb = new DynamoDBClient({ ...options, endpoint: endpoints.dynamodb });
  const sqs = new SQSClient({ ...options, endpoint: endpoints.sqs });
  const sns = new SNSClient({ ...options, endpoint: endpoints.sns });
  const secretsmanager = new SecretsManagerClient({ ...options, endpoint: endpoints.secretsmanager });
  return {
    dynamodb,
    sqs,
    sns,
    secretsmanager,
    destroy: () => {
      for (const client of [dynamodb, sqs, sns, secretsmanager]) {
        client.destroy();
      }
    },
  };
}
