import {
  legacyHeader,
  segmentSignature,
  wholeBodyHeader,
} from '../../../../functions/sources/segment/source.ts';
import { type FloodKind, hostile, inTurn, type Making } from '../floodKind.ts';
import { post, signed } from '../post.ts';
import type { RawRequest } from '../rawRequest.ts';

/** The front takes 16 KB of headers in all, and refuses more by itself. */
const longHeaderBytes = 12_000;
/** How often a header is repeated: less than those 16 KB. */
const repeats = 800;

const unsignedForms = [
  ({ badEvent }: Making) => post(JSON.stringify(badEvent())),
  ({ badEvent }: Making) => post(JSON.stringify([badEvent(), badEvent()])),
] as const;

const wrongForms: readonly [(making: Making) => RawRequest, ...((making: Making) => RawRequest)[]] = [
  ({ badEvent, random }) => {
    const guess = Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('');
    return post(JSON.stringify(badEvent()), { headers: [[wholeBodyHeader, guess]] });
  },
  ({ badEvent }) => {
    const body = JSON.stringify(badEvent());
    return post(body, { headers: [signed(body, 'some other secret')] });
  },
  // The signature of another body.
  ({ badEvent, secret }) => post(JSON.stringify(badEvent()), { headers: [signed('{}', secret)] }),
  // A genuine first event with forged ones after it, and without the bearer token.
  ({ badEvent, secret }) => {
    const first = JSON.stringify(badEvent());
    const body = `[${first},${JSON.stringify(badEvent())}]`;
    return post(body, { headers: [[legacyHeader, segmentSignature(first, secret)]] });
  },
  // The same with a guessed token.
  ({ badEvent, secret }) => {
    const first = JSON.stringify(badEvent());
    const body = `[${first},${JSON.stringify(badEvent())}]`;
    const headers = [
      [legacyHeader, segmentSignature(first, secret)],
      ['authorization', 'Bearer a-guess'],
    ] as const;
    return post(body, { headers });
  },
];

const longForms = [
  (): [string, string][] => [[wholeBodyHeader, 'a'.repeat(longHeaderBytes)]],
  (): [string, string][] => [[legacyHeader, 'ab,'.repeat(longHeaderBytes / 3)]],
  (): [string, string][] => [[legacyHeader, `${'0'.repeat(40)},`.repeat(longHeaderBytes / 41)]],
  (): [string, string][] => Array.from({ length: repeats }, () => [legacyHeader, 'a']),
  (): [string, string][] => [
    [legacyHeader, '0'.repeat(40)],
    ['authorization', `Bearer ${' '.repeat(longHeaderBytes / 2)}${'b '.repeat(longHeaderBytes / 6)}`],
  ],
] as const;

/** Floods that attack the check of the signature. */
export const signatureFloods: readonly FloodKind[] = [
  hostile('unsigned', [401], (making) => inTurn(unsignedForms, making.turn)(making)),
  hostile('wrongly signed', [401], (making) => inTurn(wrongForms, making.turn)(making)),
  hostile('long or many signatures', [401], ({ badEvent, turn }) =>
    post(JSON.stringify([badEvent(), badEvent()]), { headers: inTurn(longForms, turn)() }),
  ),
  hostile(
    'more headers than allowed',
    [431],
    ({ badEvent }) => post(JSON.stringify(badEvent()), { headers: [[wholeBodyHeader, 'a'.repeat(40_000)]] }),
    { reachesFunction: false },
  ),
];
