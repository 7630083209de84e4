import { maxElementsText, type ParsedElements } from '../../schema/untrustedJson.ts';
import { refuse } from '../refuse.ts';
import type { Authentication } from '../source.ts';

const checkData = "check that the mapping's Data field resolves to the event ($.)";
const setSharedSecret =
  "set the Shared Secret in Segment (Connections > Destinations > the webhook > Settings) to this receiver's";

export const emptyBody = refuse(400, 'missing', `The body is empty: ${checkData}`);
export const firstEventIsNull = refuse(
  400,
  'missing',
  `The first event of the batch is null, and Segment does not sign such a batch: ${checkData}`,
);
export const notSigned = refuse(401, 'missing', `The request is not signed: ${setSharedSecret}`);

export const audienceCall = refuse(
  401,
  'missing',
  'This is a call of the destination Webhook Audiences to create or look up an audience, and Segment does not sign ' +
    'these: in its settings, clear the two URLs for them, or give the URLs of a service that answers them',
);

/** The refusals of a body that Segment has signed and that has no events. */
export const unreadable: Readonly<Record<Extract<ParsedElements, { ok: false }>['problem'], Authentication>> =
  {
    notJson: refuse(400, 'right', "The body is not JSON: check the mapping's Data field"),
    empty: refuse(400, 'right', 'The batch is empty'),
    tooMany: refuse(
      400,
      'right',
      `The batch has more than ${maxElementsText} events: lower the Batch Size of the mapping`,
    ),
    noObjects: refuse(
      400,
      'right',
      "The body is neither an object nor an array of objects: check the mapping's Data field",
    ),
  };

export const wrongToken = refuse(
  401,
  'wrong',
  'X-Signature covers only the first event of this batch, and the token of its Authorization header is not ' +
    "this receiver's: correct it in the mapping's Headers",
  true,
);
export const onlyFirstEventIsSigned = refuse(
  401,
  'wrong',
  'X-Signature covers only the first event of this batch, so the others could be forged. In Segment, ' +
    'turn on "Use X-Segment-Signature Header" in the destination\'s settings, or add the header ' +
    '"Authorization: Bearer <token>" with this receiver\'s token to the mapping, or turn batching off',
  true,
);
export const extensibleBatch = refuse(
  401,
  'wrong',
  'This is a batch of the destination Extensible Webhook, whose signature does not cover the batch: turn batching ' +
    'off in its mapping, or use the destination Webhooks (Actions)',
);
export const audienceExtras = refuse(
  401,
  'wrong',
  'The signature covers the event without its last members: the destination Webhook Audiences adds the extra JSON ' +
    "fields of the audience after it has signed. Remove them from the audience's settings at this destination",
);
export const formEncoded = refuse(
  401,
  'wrong',
  'The body is form-encoded, and Segment signs JSON: remove the header Content-Type from the mapping of the ' +
    'destination Extensible Webhook',
);

export function malformedSignature(header: string, signature: string): Authentication {
  const problem = signature.includes(',') ? 'came more than once' : 'is not 40 hex characters';
  return refuse(
    401,
    'wrong',
    `${display(header)} ${problem}: remove it from the mapping's Headers, because Segment adds its own`,
  );
}

export function wrongSignature(header: string): Authentication {
  return refuse(
    401,
    'wrong',
    `${display(header)} does not match the body: ${setSharedSecret}, and let nothing change the body on its way`,
    true,
  );
}

/** `X-Signature` for `x-signature`. */
function display(header: string): string {
  return header.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
