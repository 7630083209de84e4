import type { IKey } from 'aws-cdk-lib/aws-kms';
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';

/** How long SQS uses a data key before it requests a new one. KMS charges for each request. */
const dataKeyReuse = Duration.hours(1);

/**
 * The props of a queue that is encrypted, and that refuses requests without TLS.
 *
 * @param encryptionKey `undefined`: SQS's own keys
 */
export function protectedQueue(encryptionKey: IKey | undefined): QueueProps {
  return {
    ...(encryptionKey === undefined
      ? { encryption: QueueEncryption.SQS_MANAGED }
      : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey, dataKeyReuse }),
    enforceSSL: true,
  };
}
