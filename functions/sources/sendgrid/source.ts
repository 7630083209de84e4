import type { Source } from '../source.ts';
import { authenticateSendGrid, isSignedBySendGrid } from './authenticate.ts';
import { parseSendGridCredentials, type SendGridCredentials } from './credentials.ts';
import { sendGridEvent } from './toEvent.ts';

/** Choices of the operator. */
export interface SendGridOptions {
  /** The custom argument that has the user's id. */
  readonly userIdArgument: string;
}

/** SendGrid's Event Webhook as a source. */
export function createSource({ userIdArgument }: SendGridOptions): Source<SendGridCredentials> {
  return {
    name: 'sendgrid',
    title: 'SendGrid',
    advice: {
      tooLarge: 'raise the setting "maxBodyBytes"',
      noEvents: 'point only an Event Webhook of SendGrid to this path',
    },
    parseCredentials: parseSendGridCredentials,
    authenticate: authenticateSendGrid,
    isSigned: isSignedBySendGrid,
    toEvent: (element, { addressKey }) => sendGridEvent(element, { userIdArgument, addressKey }),
  };
}
