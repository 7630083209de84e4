import { randomUUID } from 'node:crypto';
import type { AwsService } from './awsRequest.ts';

/** An error answer of a service. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The error for a call that no policy permits, in the shape of its service. The SDK throws it as
 * `AccessDeniedException` (DynamoDB, Secrets Manager), `AccessDenied` (SQS) or `AuthorizationErrorException` (SNS).
 */
export function accessDenied(service: AwsService, message: string): ErrorResponse {
  switch (service) {
    case 'dynamodb':
      return json(400, '1.0', { __type: 'com.amazon.coral.service#AccessDeniedException', Message: message });
    case 'secretsmanager':
      return json(400, '1.1', { __type: 'AccessDeniedException', Message: message });
    case 'sqs':
      return json(
        403,
        '1.0',
        { __type: 'com.amazon.coral.service#AccessDeniedException', message },
        { 'x-amzn-query-error': 'AccessDenied;Sender' },
      );
    case 'sns':
      return xml(403, 'AuthorizationError', message);
  }
}

/** The error of a service that throttles: the SDK tries again. */
export function throttled(service: AwsService): ErrorResponse {
  const message = 'Rate exceeded.';
  switch (service) {
    case 'dynamodb':
      return json(400, '1.0', {
        __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
        message,
      });
    case 'secretsmanager':
      return json(400, '1.1', { __type: 'ThrottlingException', message });
    case 'sqs':
      return json(
        400,
        '1.0',
        { __type: 'com.amazonaws.sqs#RequestThrottled', message },
        { 'x-amzn-query-error': 'RequestThrottled;Sender' },
      );
    case 'sns':
      return xml(400, 'Throttling', message);
  }
}

/** The error of SQS for a parameter out of its range. */
export function invalidParameter(message: string): ErrorResponse {
  return json(
    400,
    '1.0',
    { __type: 'com.amazonaws.sqs#InvalidParameterValue', message },
    { 'x-amzn-query-error': 'InvalidParameterValue;Sender' },
  );
}

/** The error for a request that no function signed, or whose service the local system does not have. */
export function unknownCaller(message: string): ErrorResponse {
  return json(403, '1.0', { __type: 'com.amazon.coral.service#UnrecognizedClientException', message });
}

/** The error for a request whose body cannot be read. */
export function unreadable(message: string): ErrorResponse {
  return json(400, '1.0', { __type: 'com.amazon.coral.service#SerializationException', message });
}

/** The error for a server behind the gateway that does not answer: the SDK tries again. */
export function unavailable(message: string): ErrorResponse {
  return json(503, '1.0', { __type: 'com.amazon.coral.service#ServiceUnavailableException', message });
}

function json(
  status: number,
  version: string,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): ErrorResponse {
  return {
    status,
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

function xml(status: number, code: string, message: string): ErrorResponse {
  const requestId = randomUUID();
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body:
      '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">' +
      `<Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`,
  };
}
