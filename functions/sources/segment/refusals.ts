import type { Authentication } from '../source.ts';

const checkData = "check that the mapping's Data field resolves to the event ($.)";
const setSharedSecret =
  "set the Shared Secret in Segment (Connections > Destinations > the webhook > Settings) to this receiver's";

export const emptyBody = refuse(400, `The body is empty: ${checkData}`);
export const firstEventIsNull = refuse(
  400,
  `The first event of the batch is null, and Segment does not sign such a batch: ${checkData}`,
);
export const notJson = refuse(400, "The body is not JSON: check the mapping's Data field");
export const emptyBatch = refuse(400, 'The batch is empty');
export const noObjects = refuse(
  400,
  "The body is neither an object nor an array of objects: check the mapping's Data field",
);
export const notSigned = refuse(401, `The request is not signed: ${setSharedSecret}`);
export const wrongToken = refuse(
  401,
  'X-Signature covers only the first event of this batch, and the token of its Authorization header is not ' +
    "this receiver's: correct it in the mapping's Headers",
  true,
);
export const onlyFirstEventIsSigned = refuse(
  401,
  'X-Signature covers only the first event of this batch, so the others could be forged. In Segment, ' +
    'turn on "Use X-Segment-Signature Header" in the destination\'s settings, or add the header ' +
    '"Authorization: Bearer <token>" with this receiver\'s token to the mapping, or turn batching off',
  true,
);

export function tooManyEvents(maxEvents: number): Authentication {
  const limit = maxEvents.toLocaleString('en');
  return refuse(400, `The batch has more than ${limit} events: lower the Batch Size of the mapping`);
}

export function malformedSignature(header: string, signature: string): Authentication {
  const problem = signature.includes(',') ? 'came more than once' : 'is not 40 hex characters';
  return refuse(
    401,
    `${display(header)} ${problem}: remove it from the mapping's Headers, because Segment adds its own`,
  );
}

export function wrongSignature(header: string): Authentication {
  return refuse(
    401,
    `${display(header)} does not match the body: ${setSharedSecret}, and let nothing change the body on its way`,
    true,
  );
}

function refuse(status: 400 | 401, detail: string, mayBeRotated = false): Authentication {
  return { ok: false, refusal: { status, detail, mayBeRotated } };
}

/** `X-Signature` for `x-signature`. */
function display(header: string): string {
  return header.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
