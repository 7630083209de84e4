import { generateKeyPairSync } from 'node:crypto';
import type { SigningKey } from '../../functions/sources/sendgrid/signRequest.ts';

/** The secrets of a trial, for tests that sign requests themselves. */
export interface TrialSecrets {
  /** Of Segment's destination. */
  readonly sharedSecret: string;
  /** Of SegOps's webhook. */
  readonly segopsSecret: string;
  readonly sendgrid: {
    readonly privateKey: SigningKey;
    readonly publicKey: SigningKey;
    /** Of the hash that stands for an address in anonymous ids. */
    readonly addressKey: string;
  };
}

/** Secrets that are the same in each trial, apart from SendGrid's key pair, which is made when it is first needed. */
export function trialSecrets(): TrialSecrets {
  let keys: TrialSecrets['sendgrid'] | undefined;
  return {
    sharedSecret: 'trial-shared-secret',
    segopsSecret: 'trial-segops-secret',
    get sendgrid() {
      keys ??= {
        ...generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
        addressKey: 'trial-address-key',
      };
      return keys;
    },
  };
}
