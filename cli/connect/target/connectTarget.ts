import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ReadPosts } from './readPosts.ts';

/** A running system to connect sources to. */
export interface ConnectTarget {
  /** For people, e.g. `stack MaveraTriggers in eu-west-1`. */
  readonly title: string;
  /** Options by which another command finds the same system, e.g. ` --local`. */
  readonly flags: string;
  /** Where Segment posts to, without a route. */
  readonly segmentUrl: string;
  readonly segmentSecretId: string;
  /** The secrets of other sources; `undefined`: no trigger that is deployed has this source. */
  readonly sendgridSecretId?: string | undefined;
  readonly segopsSecretId?: string | undefined;
  /** The secret with Mavera's API key; absent for a local system of an earlier release. */
  readonly maveraSecretId?: string | undefined;
  /** The simulated Mavera that comes with it. */
  readonly maveraApi?: { readonly apiUrl: string } | undefined;
  readonly tableName: string;
  readonly dynamodb: DynamoDBClient;
  readonly secretsmanager: SecretsManagerClient;
  /** The name of the destination at Segment. */
  readonly destinationName: string;
  /** The simulated Segment that comes with it. */
  readonly workspace?: { readonly apiUrl: string; readonly trackingUrl: string } | undefined;
  /** The simulated API of SendGrid that comes with it. */
  readonly sendgridApi?: { readonly apiUrl: string; readonly apiKey: string } | undefined;
  /** The triggers file that it runs, if that is known. */
  readonly triggersFile?: string | undefined;
  /** Reads the receiver's log; absent for a system whose log cannot be read. */
  readonly readPosts?: ReadPosts | undefined;
  /** What an error of its clients means, with the fix; `undefined` for an unexpected one. */
  explain(error: unknown): string | undefined;
  close(): void;
}
