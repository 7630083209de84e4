import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { runsByDay } from '../../functions/ledger/runsByDay.ts';

/** Options of {@link Ledger}. */
export interface LedgerProps {
  readonly removalPolicy: RemovalPolicy;
  /** @default the key that AWS manages for DynamoDB in this account */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The table with all state. It has a partition key, no sort key, and one index, `RunsByDay`, for operators to find runs.
 * DynamoDB deletes items some time after `expiresAt` (epoch seconds).
 */
export class Ledger extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy, encryptionKey }: LedgerProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      // Events come in bursts of thousands, and then not at all: provisioned capacity would be too low or too high.
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The key that AWS manages in this account, not the one AWS owns, because CloudTrail shows its use. It has no
      // monthly fee, and few requests, because DynamoDB caches data keys. A customer-managed key costs $1 a month and
      // adds a policy that can lock the functions out.
      ...(encryptionKey === undefined
        ? { encryption: TableEncryption.AWS_MANAGED }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      removalPolicy,
    });
    // Every write of a run is paid a second time for the index, so it has only the attributes that a list shows.
    this.table.addGlobalSecondaryIndex({
      indexName: runsByDay.indexName,
      partitionKey: { name: runsByDay.partitionKey, type: AttributeType.STRING },
      sortKey: { name: runsByDay.sortKey, type: AttributeType.NUMBER },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...runsByDay.nonKeyAttributes],
    });
  }
}
