import { maxElementsText, type ParsedElements } from '../../schema/untrustedJson.ts';
import { refuse } from '../refuse.ts';
import type { Authentication } from '../source.ts';

const setSecret = "in SegOps (Settings > Webhooks > the webhook), set the secret to this receiver's";

export const emptyBody = refuse(400, 'missing', 'The body is empty: SegOps posts an event as JSON');
export const notSigned = refuse(401, 'missing', `The request is not signed: ${setSecret}`);
export const malformedSignature = refuse(
  401,
  'wrong',
  'X-SegOps-Signature is not "sha256=" and 64 hex characters: let nothing change the headers on their way',
);
export const wrongSignature = refuse(
  401,
  'wrong',
  `X-SegOps-Signature does not match the body: ${setSecret}, and let nothing change the body on its way`,
  true,
);

/** The refusals of a body that SegOps has signed and that has no event. */
export const unreadable: Readonly<Record<Extract<ParsedElements, { ok: false }>['problem'], Authentication>> =
  {
    notJson: refuse(400, 'right', 'The body is not JSON: let nothing change it on its way'),
    empty: refuse(400, 'right', 'The array has no events'),
    tooMany: refuse(400, 'right', `The array has more than ${maxElementsText} events`),
    noObjects: refuse(400, 'right', 'The body is not an event'),
  };
