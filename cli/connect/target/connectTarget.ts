import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A running system to connect Segment to. */
export interface ConnectTarget {
  /** For people, e.g. `stack MaveraTriggers in eu-west-1`. */
  readonly title: string;
  /** Options by which another command finds the same system, e.g. ` --local`. */
  readonly flags: string;
  /** Where Segment posts to, without a route. */
  readonly segmentUrl: string;
  readonly segmentSecretId: string;
  readonly tableName: string;
  readonly dynamodb: DynamoDBClient;
  readonly secretsmanager: SecretsManagerClient;
  /** The name of the destination at Segment. */
  readonly destinationName: string;
  /** The simulated Segment that comes with it. */
  readonly workspace?: { readonly apiUrl: string; readonly trackingUrl: string } | undefined;
  /** The triggers file that it runs, if that is known. */
  readonly triggersFile?: string | undefined;
  /** What an error of its clients means, with the fix; `undefined` for an unexpected one. */
  explain(error: unknown): string | undefined;
  close(): void;
}
