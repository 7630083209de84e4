import { createSign } from 'node:crypto';
import {
  segOpsSignature,
  signatureHeader as segopsHeader,
} from '../../../../functions/sources/segops/authenticate.ts';
import { signatureHeader, timestampHeader } from '../../../../functions/sources/sendgrid/authenticate.ts';
import { sendGridHeaders } from '../../../../functions/sources/sendgrid/signRequest.ts';
import { newKeyPair } from '../../../../simulators/sendgrid/keyPair.ts';
import { otherSignature } from '../../otherSignature.ts';
import { type FloodKind, hostile, inTurn, type Making } from '../floodKind.ts';
import { post, signed } from '../post.ts';
import { type Answer, type RawRequest, sendRaw } from '../rawRequest.ts';
import { type OtherSource, wantedElement } from '../wantedEvent.ts';

type Headers = readonly (readonly [string, string])[];

const titles: Readonly<Record<OtherSource, string>> = { sendgrid: 'SendGrid', segops: 'SegOps' };
const hourMs = 3_600_000;
const bodyLimitBytes = 5 * 1024 * 1024;
const foreign = newKeyPair();
const contentTypes = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/octet-stream',
  '',
] as const;

/** The body that a source posts. */
function bodyOf(source: OtherSource, elements: readonly object[]): string {
  const texts = elements.map((element) => JSON.stringify(element));
  return source === 'sendgrid' ? `[${texts.join(',\r\n')}]\r\n` : (texts[0] ?? '');
}

/** The headers that a source signs a body with. */
function headersOf(source: OtherSource, body: string, { sources }: Pick<Making, 'sources'>): Headers {
  return source === 'segops'
    ? [[segopsHeader, segOpsSignature(body, sources.webhookSecret)]]
    : Object.entries(sendGridHeaders(body, sources.privateKey, Date.now()));
}

function to(source: OtherSource, body: string | Buffer, headers: Headers): RawRequest {
  return post(body, { path: `/${source}`, headers });
}

/** Signatures that are wrong, each in its own way. */
const wrongSignatures: Readonly<
  Record<OtherSource, readonly [WrongSignature, ...(readonly WrongSignature[])]>
> = {
  sendgrid: [
    (body) => Object.entries(sendGridHeaders(body, foreign.privateKey, Date.now())),
    (_body, { sources }) => Object.entries(sendGridHeaders('[]', sources.privateKey, Date.now())),
    (body, { sources }) =>
      Object.entries(sendGridHeaders(body, sources.privateKey, Date.now() - 26 * hourMs)),
    (body, { sources }) => Object.entries(sendGridHeaders(body, sources.privateKey, Date.now() + hourMs)),
    (body, { sources }) => [
      [signatureHeader, createSign('sha256').update(body).sign(sources.privateKey, 'base64')],
      [timestampHeader, `${Math.floor(Date.now() / 1000)}`],
    ],
    () => [
      [signatureHeader, 'MAYCAQACAQA='],
      [timestampHeader, `${Math.floor(Date.now() / 1000)}`],
    ],
    () => [
      [signatureHeader, 'A'.repeat(12_000)],
      [timestampHeader, '9'.repeat(1_000)],
    ],
    (body, { secret }) => [signed(body, secret)],
  ],
  segops: [
    (body) => [[segopsHeader, segOpsSignature(body, 'a guess')]],
    (_body, { sources }) => [[segopsHeader, segOpsSignature('{}', sources.webhookSecret)]],
    (body, { sources }) => [[segopsHeader, segOpsSignature(body, sources.webhookSecret).slice(0, -2)]],
    () => [[segopsHeader, `sha256=${'0'.repeat(64)}`]],
    () => [[segopsHeader, 'sha256=']],
    () => [[segopsHeader, 'a'.repeat(12_000)]],
    (body, { secret }) => [signed(body, secret)],
  ],
};

type WrongSignature = (body: string, making: Making) => Headers;

/** What happens to a body on its way, after it was signed. */
const changes: readonly [(body: string) => string, ...((body: string) => string)[]] = [
  (body) => body.slice(0, -1),
  (body) => JSON.stringify(JSON.parse(body), null, 1),
  (body) => body.slice(0, body.length / 2),
  (body) => `\ufeff${body}`,
  (body) => body.replace('click', 'open').replace('1842', '1843'),
  (body) => `${body} `,
];

/** Signed, and without an event that could start a run. */
const bodiesWithoutEvents = [
  'null',
  '[]',
  '[null]',
  '{}',
  '[{},1]',
  '{"event":""}',
  '{"event"',
  '"',
  '[[]]',
] as const;

/** Larger than SendGrid's own batches; two events in each are wanted. */
const mailBatches: FloodKind = {
  name: 'SendGrid: batches of 2,000',
  answers: new Set<Answer>([200, 'none']),
  atOnce: 2,
  invokes: 'as good traffic',
  send: async ({ good }, turn) => {
    const others = Array.from({ length: 1_998 }, (_, index) => ({
      email: `somebody-${index}@example.com`,
      event: 'delivered',
      sg_event_id: `flood-unwanted-${turn}-${index}`,
      response: '250 OK '.repeat(60),
    }));
    const { answers } = await good.deliverMails([good.marker('sendgrid'), good.marker('sendgrid')], others);
    return answers;
  },
};

/** Floods at the doors of SendGrid and SegOps. */
export const sourceFloods: readonly FloodKind[] = (['sendgrid', 'segops'] as const).flatMap((source) => {
  const title = titles[source];
  const bodyFor = ({ badElement }: Making): string =>
    bodyOf(source, source === 'sendgrid' ? [badElement(source), badElement(source)] : [badElement(source)]);
  return [
    hostile(`${title}: unsigned`, [401], (making) => to(source, bodyFor(making), [])),
    hostile(`${title}: wrongly signed`, [401], (making) => {
      const body = bodyFor(making);
      return to(source, body, inTurn(wrongSignatures[source], making.turn)(body, making));
    }),
    hostile(`${title}: changed on the way`, [401], (making) => {
      const body = bodyFor(making);
      return to(source, inTurn(changes, making.turn)(body), headersOf(source, body, making));
    }),
    hostile(`${title}: odd content types`, [401], (making) => {
      const body = bodyFor(making);
      const type = ['content-type', inTurn(contentTypes, making.turn)] as const;
      return to(source, Buffer.from(body, making.turn % 2 === 0 ? 'utf8' : 'utf16le'), [
        type,
        ...headersOf(source, `${body} `, making).filter(([name]) => name !== 'content-type'),
      ]);
    }),
    hostile(`${title}: forms, signed`, [400], (making) => {
      const form = new URLSearchParams({ payload: bodyFor(making) }).toString();
      return to(source, form, headersOf(source, form, making));
    }),
    hostile(
      `${title}: larger than the limit, signed`,
      [413],
      (making) => {
        const body = bodyFor(making).padEnd(bodyLimitBytes + 1);
        return to(source, body, headersOf(source, body, making));
      },
      { atOnce: 2 },
    ),
    hostile(
      `${title}: more events than allowed, signed`,
      [400],
      (making) => {
        const body = `[${JSON.stringify(making.badElement(source))}${',{"event":"open"}'.repeat(10_000)}]`;
        return to(source, body, headersOf(source, body, making));
      },
      { atOnce: 2 },
    ),
    hostile(`${title}: no events, signed`, [400], (making) => {
      const body = inTurn(bodiesWithoutEvents, making.turn);
      return to(source, body, headersOf(source, body, making));
    }),
    hostile(
      `${title}: small posts that nobody wants`,
      [200],
      (making) => {
        const body = bodyOf(source, [{ event: 'unwanted', sg_event_id: `flood-unwanted-${making.turn}` }]);
        return to(source, body, headersOf(source, body, making));
      },
      { atOnce: 16 },
    ),
    replays(source),
    ...(source === 'sendgrid' ? [mailBatches] : []),
  ];
});

/** A good post, and then the same bytes again and again: all but the first are duplicates. */
function replays(source: OtherSource): FloodKind {
  const kept = new Map<object, RawRequest>();
  return {
    name: `${titles[source]}: replays`,
    // Without an answer within 10 seconds the first one is tried again.
    answers: new Set<Answer>([200, 'none']),
    atOnce: 4,
    invokes: 'once a request',
    send: async (world, turn) => {
      const known = kept.get(world);
      if (known !== undefined) {
        return [await sendRaw(world.url, turn % 2 === 0 ? known : inOtherForm(known))];
      }
      const marker = world.good.marker(source);
      const body = bodyOf(source, [wantedElement(source, marker)]);
      kept.set(world, to(source, body, headersOf(source, body, world)));
      const { answers } = await (source === 'sendgrid'
        ? world.good.deliverMails([marker])
        : world.good.deliverSegment(marker));
      return answers;
    },
  };
}

/** With SendGrid's other signature, which is valid too. */
function inOtherForm({ head, ...request }: RawRequest): RawRequest {
  return {
    ...request,
    head: head.map((line) => {
      const [name = '', value = ''] = line.split(': ');
      return name === signatureHeader ? `${name}: ${otherSignature(value)}` : line;
    }),
  };
}
