import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A running system that Segment is to be connected to. */
export interface ConnectTarget {
  /** For people, e.g. `stack MaveraTriggers in eu-west-1`. */
  readonly title: string;
  /** What a further command needs to find it again, e.g. ` --local`. */
  readonly flags: string;
  /** Where Segment posts to, without a route. */
  readonly segmentUrl: string;
  readonly segmentSecretId: string;
  readonly tableName: string;
  readonly dynamodb: DynamoDBClient;
  readonly secretsmanager: SecretsManagerClient;
  /** What the destination is called at Segment. */
  readonly destinationName: string;
  /** The stand-in for Segment that comes with it. */
  readonly workspace?: { readonly apiUrl: string; readonly trackingUrl: string } | undefined;
  /** The triggers file that it runs, where that is known. */
  readonly triggersFile?: string | undefined;
  /** What an error of its clients means, with the fix; `undefined` for one that nobody foresaw. */
  explain(error: unknown): string | undefined;
  close(): void;
}
