import type { SourceName } from '../../../functions/sources/source.ts';
import type { GeneratedSecretProps } from './GeneratedSecret.ts';

/** What the receiver knows of a source's secret. */
interface SourceSecret
  extends Pick<GeneratedSecretProps, 'description' | 'generated' | 'template' | 'whyNotRotated'> {
  /** Id of the construct. */
  readonly id: string;
  /** Last part of the secret's name. */
  readonly name: string;
  /** The receiver's variable with its ARN. */
  readonly variable: string;
}

/** The secrets that prove who posts, by source: only the receiver reads them. */
export const sourceSecrets: Readonly<Record<SourceName, SourceSecret>> = {
  segment: {
    id: 'Segment',
    name: 'segment',
    variable: 'SEGMENT_SECRET_ARN',
    description: 'What Segment signs its webhooks with: {"sharedSecret": "…", "bearerToken": "…" (optional)}',
    generated: 'sharedSecret',
    whyNotRotated:
      'A rotation must also change the secret at Segment, with a token that the stack does not have. `npm run connect -- rotate` changes both, and the receiver accepts the old and the new secret in the meantime.',
  },
  sendgrid: {
    id: 'SendGrid',
    name: 'sendgrid',
    variable: 'SENDGRID_SECRET_ARN',
    description:
      'What proves that SendGrid has sent an event: {"publicKey": "…" (of the signed event webhook), "addressKey": "…" (hides addresses)}',
    // Another key would make other anonymous ids of the same addresses.
    generated: 'addressKey',
    // Until it is filled in, the receiver answers 503, and SendGrid tries again for 24 hours.
    template: { publicKey: '' },
    whyNotRotated:
      'SendGrid makes the key pair and shows the public key only. `npm run connect -- sendgrid` fetches it.',
  },
  segops: {
    id: 'SegOps',
    name: 'segops',
    variable: 'SEGOPS_SECRET_ARN',
    description: 'What SegOps signs its webhook with: {"webhookSecret": "…"}',
    generated: 'webhookSecret',
    whyNotRotated:
      'SegOps documents no API for its webhooks: an operator replaces the secret there and here, and the receiver accepts the old and the new one in the meantime.',
  },
};
