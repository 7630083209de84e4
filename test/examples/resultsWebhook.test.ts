import { describe, expect, it } from 'vitest';
import {
  InvalidSnsMessageError,
  isOfSns,
  verifySnsMessage,
} from '../../examples/results-webhook/verifySnsMessage.ts';
import { type PostedMessage, SnsSigner } from '../../local/sns/snsSigner.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:results';
const nowMs = Date.now();
const hourMs = 3_600_000;
const signer = new SnsSigner(topicArn);

function notification(changes: PostedMessage = {}): PostedMessage {
  return {
    Type: 'Notification',
    MessageId: 'e1f2a232-e8ce-5f0a-b5d3-fbebaaaaaaaa',
    TopicArn: topicArn,
    Message: '{"runId":"r-1","state":"done","result":{"content":"Größer – 🎉"}}',
    Timestamp: new Date(nowMs).toISOString(),
    ...changes,
  };
}

/** Verifies a message; the host of SNS has the certificate of this signer. */
async function verified(
  message: PostedMessage,
  from: SnsSigner = signer,
  atMs: number = nowMs,
): Promise<unknown> {
  const fetch = async (): Promise<Response> => new Response(from.certificate);
  return await verifySnsMessage(JSON.stringify(message), { topicArn, nowMs: atMs, fetch });
}

describe('a message from SNS', () => {
  it.each([
    ['a notification', notification()],
    ['a notification with a subject', notification({ Subject: 'A result' })],
    [
      'a notification with attributes, which are not signed',
      notification({ MessageAttributes: { state: {} } }),
    ],
  ])('is accepted: %s', async (_what, message) => {
    expect(await verified(signer.sign(message))).toMatchObject({ MessageId: message.MessageId });
  });

  it('is accepted when it asks to confirm the subscription', async () => {
    expect(await verified(signer.confirmation())).toMatchObject({ SubscribeURL: signer.subscribeUrl });
  });

  it('is accepted as long as SNS may retry', async () => {
    const message = signer.sign(notification({ Timestamp: new Date(nowMs - hourMs).toISOString() }));
    await expect(verified(message)).resolves.toBeDefined();
  });
});

describe('a message that is refused', () => {
  it.each(['Message', 'MessageId', 'Timestamp', 'Subject'])(
    'was changed in %s after it was signed',
    async (name) => {
      const signed = signer.sign(notification({ Subject: 'A result' }));
      const changed = name === 'Timestamp' ? new Date(nowMs - 1).toISOString() : 'something else';
      await expect(verified({ ...signed, [name]: changed })).rejects.toThrow('Its signature does not match');
    },
  );

  it('was signed by somebody else', async () => {
    const forged = { ...new SnsSigner(topicArn).sign(notification()), SigningCertURL: signer.certificateUrl };
    await expect(verified(forged)).rejects.toThrow('Its signature does not match');
  });

  it.each([
    ['of another host', 'https://sns.us-east-1.example.com/SimpleNotificationService-1a.pem'],
    [
      'of a host that only begins like SNS',
      'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-1a.pem',
    ],
    ['of another service', 'https://s3.us-east-1.amazonaws.com/SimpleNotificationService-1a.pem'],
    ['of another region', 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1a.pem'],
    ['without TLS', 'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1a.pem'],
    ['of another port', 'https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-1a.pem'],
    ['with a user', 'https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-1a.pem'],
    ['that is not a certificate', 'https://sns.us-east-1.amazonaws.com/?Action=Subscribe'],
    ['that is not a URL', 'SimpleNotificationService-1a.pem'],
    ['that is missing', undefined],
  ])('names a certificate %s', async (_what, SigningCertURL) => {
    const message = { ...signer.sign(notification()), SigningCertURL };
    await expect(verified(message)).rejects.toThrow(
      'Its certificate is not at SNS of the region of the topic',
    );
  });

  it.each([
    ['of another topic, whose owner is anybody', { TopicArn: `${topicArn}-other` }, 'It is of another topic'],
    ['with a type that SNS does not have', { Type: 'constructor' }, 'It has no Type of SNS'],
    ['without a type', { Type: undefined }, 'It has no Type of SNS'],
    [
      'older than SNS retries',
      { Timestamp: new Date(nowMs - 3 * hourMs).toISOString() },
      'older than SNS retries',
    ],
    ['of the future', { Timestamp: new Date(nowMs + 3 * hourMs).toISOString() }, 'the clock of this machine'],
    ['without a time', { Timestamp: 'soon' }, 'older than SNS retries'],
  ])('is a message %s', async (_what, changes, problem) => {
    const message = { ...signer.sign(notification()), ...changes };
    await expect(verified(message)).rejects.toThrow(problem);
  });

  it('is signed with SHA-1', async () => {
    const message = { ...signer.sign(notification()), SignatureVersion: '1' };
    await expect(verified(message)).rejects.toThrow('Its SignatureVersion is not 2');
  });

  it('has a certificate that has ended', async () => {
    const expired = new SnsSigner(topicArn, nowMs - hourMs);
    await expect(verified(expired.sign(notification()), expired)).rejects.toThrow('not valid at this time');
  });

  it.each(['', '{', '[]', 'null', '"Notification"', '{"Type":{}}'])('is not a message: %s', async (body) => {
    await expect(verifySnsMessage(body, { topicArn })).rejects.toThrow(InvalidSnsMessageError);
  });

  it('is larger than SNS sends', async () => {
    await expect(verifySnsMessage(' '.repeat(2 * 1024 * 1024), { topicArn })).rejects.toThrow('larger');
  });
});

describe('a certificate that cannot be fetched', () => {
  it('is not the fault of the message, which may come again', async () => {
    const fresh = new SnsSigner(topicArn);
    const fetch = async (): Promise<Response> => new Response('', { status: 500 });
    const body = JSON.stringify(fresh.sign(notification()));
    await expect(verifySnsMessage(body, { topicArn, fetch })).rejects.toThrow(TypeError);
  });
});

describe('a URL of SNS', () => {
  it('is at the host of the region, also in China', () => {
    const china = 'arn:aws-cn:sns:cn-north-1:123456789012:results';
    expect(isOfSns('https://sns.cn-north-1.amazonaws.com.cn/x.pem', china)).toBe(true);
    expect(isOfSns('https://sns.cn-north-1.amazonaws.com/x.pem', china)).toBe(false);
    expect(isOfSns('https://sns.us-east-1.amazonaws.com/x.pem', topicArn)).toBe(true);
  });
});
