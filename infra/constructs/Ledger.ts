import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { parkedIndex } from '../../functions/ledger/parkedIndex.ts';
import { runsByDay } from '../../functions/ledger/runsByDay.ts';

/** Options of {@link Ledger}. */
export interface LedgerProps {
  readonly removalPolicy: RemovalPolicy;
  /** @default the key that AWS manages for DynamoDB in this account */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The table with all state. It has a partition key and no sort key. Its indexes are `RunsByDay`, by which operators find
 * runs, and `Parked`, by which the dispatcher finds those that are parked. DynamoDB deletes items some time after `expiresAt` (epoch seconds).
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
    // A write is paid a second time for an index, so each has only the attributes that its readers need.
    for (const { indexName, partitionKey, sortKey, nonKeyAttributes } of [runsByDay, parkedIndex]) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.NUMBER },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...nonKeyAttributes],
      });
    }
  }
}
