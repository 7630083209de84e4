import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { runsByDay } from '../runsByDay.ts';

/** Options of {@link Ledger}. */
export interface LedgerProps {
  readonly removalPolicy: RemovalPolicy;
  /** @default the key that AWS manages for DynamoDB in this account */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The table with all state: one partition key, no sort key, and one index, `RunsByDay`, by which operators find runs.
 * DynamoDB deletes items some time after `expiresAt` (epoch seconds).
 */
export class Ledger extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy, encryptionKey }: LedgerProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      // Events come in bursts of thousands and then not at all: capacity planned ahead would be wrong both ways.
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The key that AWS manages in this account, not the one AWS owns: its use shows in CloudTrail. It costs no
      // monthly fee and, since DynamoDB caches data keys, next to no requests. A key of one's own adds $1 a month
      // and one more policy that can lock the functions out.
      ...(encryptionKey === undefined
        ? { encryption: TableEncryption.AWS_MANAGED }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      removalPolicy,
    });
    // Every write of a run is paid a second time for the index, hence only what a list shows.
    this.table.addGlobalSecondaryIndex({
      indexName: runsByDay.indexName,
      partitionKey: { name: runsByDay.partitionKey, type: AttributeType.STRING },
      sortKey: { name: runsByDay.sortKey, type: AttributeType.NUMBER },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...runsByDay.nonKeyAttributes],
    });
  }
}
