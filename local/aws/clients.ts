import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localCredentials, region } from '../account/account.ts';
import type { Endpoints } from './endpoints.ts';

/** Clients of the servers themselves, past the gateway: for the local system's own work, and for tests. */
export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly secretsmanager: SecretsManagerClient;
  destroy(): void;
}

/** Creates a client for each server. */
export function createAwsClients(endpoints: Endpoints): AwsClients {
  const settings = { region, credentials: localCredentials };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: endpoints.dynamodb });
  const sqs = new SQSClient({ ...settings, endpoint: endpoints.sqs });
  const sns = new SNSClient({ ...settings, endpoint: endpoints.sns });
  const secretsmanager = new SecretsManagerClient({ ...settings, endpoint: endpoints.secretsmanager });
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
