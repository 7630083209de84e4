import { type FloodKind, hostile, inTurn } from '../floodKind.ts';
import { post, signed } from '../post.ts';

const mebibyte = 1024 * 1024;
/** The largest body that the receiver accepts by default. */
const bodyLimitBytes = 5 * mebibyte;
/** The largest body that Lambda accepts; the front refuses a larger one. */
const invocationLimitBytes = 6 * mebibyte;

/** Floods of large bodies, and of bodies with a false length. */
export const sizeFloods: readonly FloodKind[] = [
  hostile(
    'larger than the limit',
    [413],
    ({ badEvent, secret, turn }) => {
      const body = padded(badEvent(), bodyLimitBytes + 1);
      const headers = inTurn([[], [signed(body, 'some other secret')], [signed(body, secret)]], turn);
      return post(body, { headers });
    },
    { atOnce: 3 },
  ),
  hostile(
    'large, without a length',
    [413],
    ({ badEvent, secret, turn }) => {
      const bytes = inTurn([bodyLimitBytes + 1, invocationLimitBytes + 1, 2 * invocationLimitBytes], turn);
      const body = padded(badEvent(), bytes);
      return post(body, { headers: [signed(body, secret)], isChunked: true });
    },
    { atOnce: 3 },
  ),
  hostile(
    'as large as allowed, unsigned',
    [401],
    ({ badEvent }) => post(padded(badEvent(), bodyLimitBytes)),
    {
      atOnce: 3,
    },
  ),
  hostile('false content-length', [400, 401, 'none'], ({ badEvent, secret, turn }) => {
    const body = JSON.stringify(badEvent());
    const request = post(body, { headers: [signed(body, secret)] });
    const length = inTurn(
      [`${body.length + 100}`, '-1', '1e3', `${body.length - 10}`, '99999999999999999999'],
      turn,
    );
    const head = request.head.map((line) =>
      line.startsWith('content-length') ? `content-length: ${length}` : line,
    );
    return { ...request, head, hangsUp: true };
  }),
  hostile(
    'two lengths',
    [400],
    ({ badEvent, secret, turn }) => {
      const body = JSON.stringify(badEvent());
      const request = post(body, { headers: [signed(body, secret)] });
      const other = inTurn(['transfer-encoding: chunked', `content-length: ${body.length + 1}`], turn);
      return { ...request, head: [...request.head, other] };
    },
    { reachesFunction: false },
  ),
];

/** The event as JSON of this length. */
function padded(event: object, bytes: number): Buffer {
  const text = JSON.stringify(event);
  return Buffer.concat([Buffer.from(text), Buffer.alloc(bytes - text.length, ' ')]);
}
