/**
 * What Segment sends and the signature that goes with it, with the secret `shared-secret`. The signatures were
 * made with OpenSSL, not with this project: `openssl dgst -sha1 -hmac shared-secret -hex < body`.
 */
export interface EventVector {
  readonly what: string;
  readonly event: object;
  /** The bytes on the wire, as text. */
  readonly body: string;
  readonly signature: string;
}

const upgraded: EventVector = {
  what: 'plain ASCII',
  event: { type: 'track', event: 'plan_upgraded', messageId: 'm-1' },
  body: '{"type":"track","event":"plan_upgraded","messageId":"m-1"}',
  signature: 'af49b534f29f284a926d0866c84c54cf8c6d7326',
};

const nonAscii: EventVector = {
  what: 'text beyond ASCII',
  event: { type: 'track', event: 'Bestellung für Zoë, 注文 🎉' },
  body: '{"type":"track","event":"Bestellung für Zoë, 注文 🎉"}',
  signature: '23903be08799be395e647d3b79cfc63aecd43f17',
};

export const eventVectors: readonly EventVector[] = [
  upgraded,
  nonAscii,
  {
    what: 'a line separator (U+2028), which JSON leaves as it is',
    event: { type: 'track', event: 'line\u2028separator' },
    body: '{"type":"track","event":"line\u2028separator"}',
    signature: 'c20b65e1a4bdc09293613498164c6ec8dba123f4',
  },
  {
    what: 'half a surrogate pair, which JSON escapes',
    event: { type: 'track', event: 'half \ud83d' },
    body: '{"type":"track","event":"half \\ud83d"}',
    signature: '703133e94099fced5b4f077dff437a96f490bbfc',
  },
  {
    what: 'integer-like keys, which come first and in order',
    event: { type: 'track', 10: 'ten', b: 'bee', 2: 'two' },
    body: '{"2":"two","10":"ten","type":"track","b":"bee"}',
    signature: '1f191ab36b4375587599b1e4c9f7eb814a36247e',
  },
  {
    what: 'nulls, 1e21 and -0',
    event: { type: 'track', userId: null, properties: { total: 1e21, note: null, debt: -0 } },
    body: '{"type":"track","userId":null,"properties":{"total":1e+21,"note":null,"debt":0}}',
    signature: '559b93bad9205b0e508fa3cafc5bfae673726df8',
  },
];

export const batchVector = {
  events: [upgraded.event, nonAscii.event],
  body: `[${upgraded.body},${nonAscii.body}]`,
  ofFirst: upgraded.signature,
  ofWhole: '18ffc9b48112e01720f88758e27b6bf75c04c856',
};
