import { maxElementsText, type ParsedElements } from '../../schema/untrustedJson.ts';
import { refuse } from '../refuse.ts';
import type { Authentication } from '../source.ts';

const turnSigningOn =
  'in SendGrid (Settings > Mail Settings > Event Webhooks > the webhook), turn "Enable Signed Event Webhook" on';
const useItsKey = "put the webhook's Verification Key into this receiver's secret";

export const emptyBody = refuse(400, 'missing', 'The body is empty: SendGrid posts an array of events');
export const notSigned = refuse(
  401,
  'missing',
  `The request is not signed: ${turnSigningOn}, and ${useItsKey}`,
);
export const malformedSignature = refuse(
  401,
  'wrong',
  'X-Twilio-Email-Event-Webhook-Signature is not one signature in base64: let nothing change the headers on their way',
);
export const malformedTimestamp = refuse(
  401,
  'wrong',
  'X-Twilio-Email-Event-Webhook-Timestamp is not a time in epoch seconds: let nothing change the headers on their way',
);
export const wrongSignature = refuse(
  401,
  'wrong',
  `X-Twilio-Email-Event-Webhook-Signature does not match the body: ${useItsKey}, and let nothing change the body on its way`,
  true,
);
export const tooOld = refuse(
  401,
  'wrong',
  'The request was signed more than 25 hours ago, and SendGrid tries again for 24 hours only: it seems to be a replay',
);
export const fromTheFuture = refuse(
  401,
  'wrong',
  'The time of the signature is more than 5 minutes ahead: compare the clocks of sender and receiver',
);

/** The refusals of a body that SendGrid has signed and that has no events. */
export const unreadable: Readonly<Record<Extract<ParsedElements, { ok: false }>['problem'], Authentication>> =
  {
    notJson: refuse(400, 'right', 'The body is not JSON: let nothing change it on its way'),
    empty: refuse(400, 'right', 'The array has no events'),
    tooMany: refuse(400, 'right', `The array has more than ${maxElementsText} events`),
    noObjects: refuse(400, 'right', 'The body is not an array of events'),
  };
