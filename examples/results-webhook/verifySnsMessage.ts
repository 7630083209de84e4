import { verify, X509Certificate } from 'node:crypto';

/** A message as SNS posts it to an HTTPS subscriber. */
export interface SnsMessage {
  readonly Type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation';
  readonly MessageId: string;
  readonly TopicArn: string;
  /** Of a notification: what was published, here the JSON of a result. */
  readonly Message: string;
  /** ISO 8601; the same for each retry. */
  readonly Timestamp: string;
  readonly Subject?: string;
  readonly Token?: string;
  readonly SubscribeURL?: string;
}

/** The message was not sent by SNS for this topic, or it was changed on its way. */
export class InvalidSnsMessageError extends Error {
  override readonly name = 'InvalidSnsMessageError';
}

/** What a message is checked against. */
export interface VerifyOptions {
  /** Anybody can have SNS sign messages of a topic of their own: only this topic is accepted. */
  readonly topicArn: string;
  /** @default now */
  readonly nowMs?: number;
  /** Fetches the certificate from SNS. @default over HTTPS */
  readonly fetch?: (url: string) => Promise<Response>;
}

const longestBodyBytes = 1024 * 1024;
/** SNS retries for up to an hour; the rest is for clocks that differ. */
const oldestMs = 2 * 3_600_000;
const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** By URL. SNS changes its certificate rarely, and each has a URL of its own. */
const certificates = new Map<string, X509Certificate>();

/**
 * Verifies a message that SNS has posted, with `SignatureVersion` 2 (RSA with SHA-256).
 *
 * @param body the request's body, as it came
 * @throws InvalidSnsMessageError; answer 403, so that SNS does not send it again
 * @throws TypeError when the certificate cannot be fetched; answer 503, so that SNS sends the message again
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export async function verifySnsMessage(body: string, options: VerifyOptions): Promise<SnsMessage> {
  const { topicArn, nowMs = Date.now() } = options;
  const fields = readFields(body);
  const type = fields.Type;
  if (type === undefined || !Object.hasOwn(signedFields, type)) {
    throw new InvalidSnsMessageError('It has no Type of SNS');
  }
  if (fields.TopicArn !== topicArn) {
    throw new InvalidSnsMessageError('It is of another topic');
  }
  if (fields.SignatureVersion !== '2') {
    throw new InvalidSnsMessageError('Its SignatureVersion is not 2: set the attribute of the topic');
  }
  const sentAtMs = Date.parse(fields.Timestamp ?? '');
  if (!(Math.abs(nowMs - sentAtMs) <= oldestMs)) {
    throw new InvalidSnsMessageError('It is older than SNS retries, or the clock of this machine is wrong');
  }
  const certificate = await certificateAt(fields.SigningCertURL ?? '', options);
  if (nowMs < Date.parse(certificate.validFrom) || nowMs > Date.parse(certificate.validTo)) {
    throw new InvalidSnsMessageError('Its certificate is not valid at this time');
  }
  const signature = Buffer.from(fields.Signature ?? '', 'base64');
  const text = textToSign(fields, signedFields[type as keyof typeof signedFields]);
  if (!verify('sha256', Buffer.from(text), certificate.publicKey, signature)) {
    throw new InvalidSnsMessageError('Its signature does not match');
  }
  return fields as unknown as SnsMessage;
}

/** Where SNS of the topic's region is: certificates and confirmations come from there, and from nowhere else. */
export function snsHostOf(topicArn: string): string {
  const [, partition, , region] = topicArn.split(':');
  return `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

/** Whether a URL leads to SNS of the topic's region: no other host, port, user or protocol. */
export function isOfSns(url: string, topicArn: string): boolean {
  return URL.canParse(url) && new URL(url).origin === `https://${snsHostOf(topicArn)}` && !/[@\\]/.test(url);
}

function readFields(body: string): Readonly<Record<string, string | undefined>> {
  if (Buffer.byteLength(body) > longestBodyBytes) {
    throw new InvalidSnsMessageError('It is larger than SNS sends');
  }
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    throw new InvalidSnsMessageError('It is not JSON: subscribe without raw message delivery');
  }
  if (typeof message !== 'object' || message === null) {
    throw new InvalidSnsMessageError('It is not an object');
  }
  return Object.fromEntries(Object.entries(message).filter(([, value]) => typeof value === 'string'));
}

/** The name and value of each signed field that the message has, each in a line of its own. */
function textToSign(fields: Readonly<Record<string, string | undefined>>, names: readonly string[]): string {
  return names
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
}

async function certificateAt(
  url: string,
  { topicArn, fetch = fetchFromSns }: VerifyOptions,
): Promise<X509Certificate> {
  const isCertificate = /\/SimpleNotificationService-[0-9a-zA-Z]+\.pem$/.test(url);
  if (!isCertificate || !isOfSns(url, topicArn)) {
    throw new InvalidSnsMessageError('Its certificate is not at SNS of the region of the topic');
  }
  const known = certificates.get(url);
  if (known !== undefined) {
    return known;
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new TypeError(`SNS answered ${response.status} to the request for its certificate`);
  }
  const certificate = new X509Certificate(await response.text());
  certificates.set(url, certificate);
  return certificate;
}

async function fetchFromSns(url: string): Promise<Response> {
  return await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
}
