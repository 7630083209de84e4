import { type FloodKind, hostile, inTurn } from '../floodKind.ts';
import { collidingKeys, manyKeys } from '../hostileKeys.ts';
import { post, signed } from '../post.ts';

type Brackets = readonly [open: string, close: string];

const levels = 100_000;
const brackets: readonly [Brackets, ...Brackets[]] = [
  ['{"a":', '}'],
  ['[', ']'],
  ['{"constructor":{"a":', '}}'],
];
const protoKeys = ['"__proto__"', '"constructor"', String.raw`"\u005f_proto__"`, '"prototype"'] as const;

/** Floods of JSON that would overflow a careless parser's stack, take its time or change its prototypes. */
export const jsonFloods: readonly FloodKind[] = [
  hostile('nested deeply, unsigned', [401], ({ badEvent, turn }) => post(deep(badEvent(), turn)), {
    atOnce: 4,
  }),
  signedBody('nested deeply', ({ badEvent, turn }) => deep(badEvent(), turn)),
  signedBody('keys that collide', ({ turn }) => {
    const members = collidingKeys(turn).map((key) => `"${key}":1`);
    return `{"type":"no type of Segment's",${members.join()}}`;
  }),
  signedBody('100,000 keys', ({ turn }) => {
    const members = manyKeys(100_000).map((key) => `"${key}":${turn}`);
    return `{${members.join()}}`;
  }),
  signedBody('keys of prototypes', ({ badEvent, turn }) => {
    const inherited = JSON.stringify(badEvent());
    const key = inTurn(protoKeys, turn);
    return turn % 2 === 0 ? `{${key}:${inherited}}` : `[{${key}:{"prototype":${inherited}}},{${key}:null}]`;
  }),
  hostile('keys that come twice, unsigned', [401], ({ badEvent, secret }) => {
    const body = JSON.stringify(badEvent());
    const doubled = `${body.slice(0, -1)},"userId":"somebody else"}`;
    return post(doubled, { headers: [signed(body, secret)] });
  }),
  // The last key wins, as everywhere in JavaScript.
  signedBody('keys that come twice', ({ badEvent }) => {
    const body = JSON.stringify(badEvent());
    return `${body.slice(0, -1)}${',"type":"track"'.repeat(10_000)},"type":"none"}`;
  }),
  signedBody(
    '1.7 million tiny events',
    ({ turn }) => `[${inTurn(['{}', '1', '""'], turn)}${',{}'.repeat(1_700_000)}]`,
  ),
  signedBody('no events', ({ turn }) =>
    inTurn(['null', '[null]', '[]', '""', '0', '[[]]', '{}', '[{},{}]', '{"type"', '\u0000', 'NaN'], turn),
  ),
];

/** A kind whose bodies are signed correctly, but hold nothing that could start a run. */
function signedBody(
  name: string,
  make: (making: Parameters<Parameters<typeof hostile>[2]>[0]) => string,
): FloodKind {
  return hostile(
    `${name}, signed`,
    [400],
    (making) => {
      const body = make(making);
      return post(body, { headers: [signed(body, making.secret)] });
    },
    { atOnce: 2 },
  );
}

/** A wanted event with a property that is nested 100,000 levels deep: objects, arrays and prototype keys in turn. */
function deep(event: object, turn: number): string {
  const [open, close] = inTurn(brackets, turn);
  return `${JSON.stringify(event).slice(0, -1)},"deep":${open.repeat(levels)}1${close.repeat(levels)}}`;
}
