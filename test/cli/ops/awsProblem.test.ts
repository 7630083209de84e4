import { describe, expect, it } from 'vitest';
import { explainAwsError } from '../../../cli/ops/deployment/awsProblem.ts';

function named(name: string, message = 'a message'): Error {
  return Object.assign(new Error(message), { name });
}

describe('an error of AWS', () => {
  it.each([
    [
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      'No AWS credentials',
    ],
    [named('ExpiredTokenException'), 'have expired: sign in again'],
    [named('ExpiredToken'), 'have expired: sign in again'],
    [named('UnrecognizedClientException'), 'AWS does not accept these credentials'],
    [named('Error', 'Region is missing'), 'add --region'],
    [named('ResourceNotFoundException'), 'does not exist'],
    [named('ThrottlingException'), 'try again in a moment'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'AWS cannot be reached'],
    [
      new AggregateError([Object.assign(new Error('connect'), { code: 'ENETUNREACH' })]),
      'AWS cannot be reached',
    ],
    [
      named('ValidationException', 'The table does not have the specified index: RunsByDay'),
      'deploy this version of the stack first',
    ],
    [
      named('ValidationException', 'The table does not have the specified index: Parked'),
      'The deployed table has no index Parked',
    ],
  ])('is explained with the fix: %s', (error, sentence) => {
    expect(explainAwsError(error)).toContain(sentence);
  });

  it.each([
    [
      named('ExpiredToken', 'The security token included in the request is expired'),
      'The AWS credentials have expired: sign in again, e.g. with `aws sso login`. ' +
        '(AWS SDK: The security token included in the request is expired)',
    ],
    [
      named('CredentialsProviderError', 'The SSO session associated with this profile has expired.\nmore'),
      'The AWS credentials have expired: sign in again, e.g. with `aws sso login`. ' +
        '(AWS SDK: The SSO session associated with this profile has expired.)',
    ],
  ])('says what the SDK said about credentials: %s', (error, sentence) => {
    expect(explainAwsError(error)).toBe(sentence);
  });

  it('quotes AWS on a missing permission', () => {
    const message = 'User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:Query\nmore';
    expect(explainAwsError(named('AccessDeniedException', message))).toBe(
      'User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:Query ' +
        '(access denied: docs/operate.md lists the permissions that this needs)',
    );
  });

  it('is not explained if it is unexpected', () => {
    expect(explainAwsError(named('TypeError'))).toBeUndefined();
    expect(explainAwsError('text')).toBeUndefined();
  });
});
