import { randomBytes, randomUUID, sign } from 'node:crypto';
import { makeCertificate } from '../../simulators/tls/certificate.ts';
import { region } from '../account/account.ts';

/** A message as SNS posts it. */
export type PostedMessage = Readonly<Record<string, unknown>>;

const confirmationNames = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const;
const signedNames = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: confirmationNames,
  UnsubscribeConfirmation: confirmationNames,
} as const;

/**
 * Signs messages as SNS does with `SignatureVersion` 2, with a certificate of its own.
 *
 * Source: Amazon SNS, "Verifying the signatures of Amazon SNS messages".
 */
export class SnsSigner {
  readonly certificateUrl: string;
  /** Confirms the subscription. */
  readonly subscribeUrl: string;
  readonly #topicArn: string;
  readonly #certificate: ReturnType<typeof makeCertificate>;
  readonly #token = randomBytes(32).toString('hex');

  /** @param certificateEndsAtMs epoch milliseconds; absent: in a year */
  constructor(topicArn: string, certificateEndsAtMs?: number) {
    const host = `https://sns.${region}.amazonaws.com`;
    this.#topicArn = topicArn;
    this.certificateUrl = `${host}/SimpleNotificationService-${randomBytes(16).toString('hex')}.pem`;
    this.subscribeUrl = `${host}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${this.#token}`;
    const endsAtMs = certificateEndsAtMs === undefined ? {} : { endsAtMs: certificateEndsAtMs };
    this.#certificate = makeCertificate({ name: 'sns.amazonaws.com', keyType: 'rsa', ...endsAtMs });
  }

  /** What the certificate's URL shows. */
  get certificate(): string {
    return this.#certificate.cert;
  }

  /** The message with a signature, in place of the one that it may have. */
  sign(message: PostedMessage): PostedMessage {
    const names = signedNames[message.Type as keyof typeof signedNames];
    const text = names
      .filter((name) => message[name] !== undefined)
      .map((name) => `${name}\n${message[name]}\n`)
      .join('');
    return {
      ...message,
      SignatureVersion: '2',
      Signature: sign('sha256', Buffer.from(text), this.#certificate.key).toString('base64'),
      SigningCertURL: this.certificateUrl,
    };
  }

  /** The message that asks an endpoint for its confirmation. */
  confirmation(): PostedMessage {
    return this.sign({
      Type: 'SubscriptionConfirmation',
      MessageId: randomUUID(),
      Token: this.#token,
      TopicArn: this.#topicArn,
      Message:
        `You have chosen to subscribe to the topic ${this.#topicArn}.\n` +
        'To confirm the subscription, visit the SubscribeURL included in this message.',
      SubscribeURL: this.subscribeUrl,
      Timestamp: new Date().toISOString(),
    });
  }
}
