import { type FloodKind, hostile, inTurn } from '../floodKind.ts';
import { post, signed } from '../post.ts';

/** How long a sender keeps a connection open on which it will never finish. */
const holdMs = 1_500;
const pieces = 20;

/**
 * Floods of slow senders. Lambda invokes a function with whole bodies only. In AWS the front of the Function URL keeps
 * the connections; here `local/http` does. What must hold: a body that came in drops is treated like any other. A body
 * that never ends starts no invocation and delays no other request.
 */
export const slowFloods: readonly FloodKind[] = [
  hostile(
    'dripping bodies',
    [401],
    ({ badEvent }) => {
      const body = JSON.stringify(badEvent());
      const step = Math.ceil(body.length / pieces);
      const drops = Array.from({ length: pieces }, (_, index) =>
        body.slice(index * step, (index + 1) * step),
      );
      return { ...post(body), body: drops.filter((drop) => drop !== ''), pauseMs: 25 };
    },
    { atOnce: 16 },
  ),
  hostile(
    'requests that never finish',
    ['none'],
    ({ badEvent, secret, turn }) => {
      const body = JSON.stringify(badEvent());
      const whole = post(body, { headers: [signed(body, secret)] });
      const request = inTurn(
        [
          { ...whole, body: [body.slice(0, -1)] },
          { ...whole, body: [], headNeverEnds: true },
          { ...post(body, { headers: [signed(body, secret)], isChunked: true }), body: ['1\r\n{\r\n'] },
        ],
        turn,
      );
      return { ...request, patienceMs: holdMs };
    },
    { atOnce: 32, reachesFunction: false },
  ),
];
