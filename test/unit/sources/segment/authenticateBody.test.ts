import { describe, expect, it } from 'vitest';
import { accepted, authenticate, bearer, legacy, refused, token, whole } from './segmentRequests.ts';

const event = '{"type":"track","messageId":"m-1"}';

describe('the elements of an accepted request', () => {
  const parsed = JSON.parse(event) as unknown;

  const variants: [what: string, body: string][] = [
    ['whitespace', ` [\n\t{ "type" : "track" , "messageId" : "m-1" }\r\n] `],
    ['escapes', `[{"\\u0074ype":"\\u0074rack","messageId":"m\\u002d1"}]`],
    ['duplicate keys, of which the last counts', `[{"type":"identify","type":"track","messageId":"m-1"}]`],
    ['whitespace behind the event', `[${event} ]`],
    ['whitespace before the event', `[ ${event}]`],
  ];

  it.each(variants)('are parsed from the text that was verified: %s', (_what, body) => {
    expect(accepted({ body, headers: whole(body) })).toEqual([parsed]);
    expect(accepted({ body, headers: legacy(body) })).toEqual([parsed]);
  });

  it.each([
    ...variants,
    ['duplicate keys, of which the first was signed', `[${event.replace('}', ',"messageId":"forged"}')}]`],
    ['keys in another order', '[{"messageId":"m-1","type":"track"}]'],
  ])('are refused where another text was signed, though it may mean the same: %s', (_what, body) => {
    const refusal = refused({
      body,
      headers: { ...legacy(event), ...bearer() },
      credentials: { bearerToken: [token] },
      allowFirstEventSignature: true,
    });
    expect(refusal).toEqual({
      status: 401,
      signature: 'wrong',
      detail: expect.stringContaining('X-Signature does not match the body'),
      mayBeRotated: true,
    });
  });

  it.each([
    ['__proto__', '{"type":"track","__proto__":{"userId":"forged"}}'],
    ['__proto__, escaped', '{"type":"track","\\u005f_proto_\\u005F":{"userId":"forged"}}'],
    ['constructor.prototype', '{"type":"track","constructor":{"prototype":{"userId":"forged"}}}'],
    [
      'constructor.prototype, escaped',
      '{"type":"track","c\\u006fnstructor":{"\\u0070rototype":{"userId":"forged"}}}',
    ],
  ])('have no key that reaches a prototype: %s', (_what, element) => {
    const nested = `{"type":"track","context":{"list":[1,null,${element}]}}`;
    for (const body of [element, `[${event},${element}]`, nested]) {
      const elements = accepted({ body, headers: whole(body) });
      expect(JSON.stringify(elements)).not.toContain('forged');
      const last = elements.at(-1) as { readonly type?: unknown };
      expect(last.type).toBe('track');
      expect(Object.getPrototypeOf(last)).toBe(Object.prototype);
      expect(Reflect.get(last, 'userId')).toBeUndefined();
    }
    expect(Reflect.get({}, 'userId')).toBeUndefined();
  });

  it('have no key that reaches a prototype after the first event of a batch either', () => {
    const body = `[${event},{"type":"track","__proto__":{"userId":"forged"}}]`;
    const elements = accepted({ body, headers: legacy(event), allowFirstEventSignature: true });
    expect(elements).toEqual([parsed, { type: 'track' }]);
    expect(Object.hasOwn(elements[1] as object, '__proto__')).toBe(false);
  });

  it('keep keys that only look alike', () => {
    const body = '{"type":"track","properties":{"constructor":"Acme","prototype":1,"note":"__proto__"}}';
    expect(accepted({ body, headers: whole(body) })).toEqual([JSON.parse(body)]);
  });
});

describe('a body that is not an event', () => {
  it.each([{}, legacy(''), whole('')])('is refused with 400 when it is empty, signed or not', (headers) => {
    expect(refused({ body: '', headers })).toMatchObject({
      status: 400,
      detail: expect.stringContaining('Data field'),
    });
  });

  it.each([
    ['no JSON', 'type=track', 'The body is not JSON'],
    ['cut short', '{"type":"track"', 'The body is not JSON'],
    ['behind a byte order mark', `\ufeff${event}`, 'The body is not JSON'],
    ['not UTF-8', new Uint8Array([0xff, 0xfe, 0x7b, 0x7d]), 'The body is not JSON'],
    ['a text', '"text"', 'The body is neither an object nor an array of objects'],
    ['a number', '1e3', 'The body is neither an object nor an array of objects'],
    ['null', 'null', 'The body is neither an object nor an array of objects'],
    ['an empty batch', '[]', 'The batch is empty'],
    ['a batch without an object', '[1,null]', 'The body is neither an object nor an array of objects'],
    ['a batch of batches', `[[${event}]]`, 'The body is neither an object nor an array of objects'],
  ])('is refused with 400 and what is wrong when it is %s, rightly signed', (_what, body, detail) => {
    for (const headers of [whole(body), legacy(body)]) {
      expect(refused({ body, headers })).toEqual({
        status: 400,
        signature: 'right',
        detail: expect.stringContaining(detail),
        mayBeRotated: false,
      });
    }
  });

  it.each(['[1,null]', '[1]', '["text",2]'])(
    'is refused with 400 when it is %s, and only its first element is signed',
    (body) => {
      const first = JSON.stringify((JSON.parse(body) as readonly unknown[])[0]);
      const refusal = refused({ body, headers: legacy(first), allowFirstEventSignature: true });
      expect(refusal.status).toBe(400);
    },
  );

  it.each(['[null]', `[null,${event}]`, '[null,null]'])(
    'is refused with 400 when it is %s and not signed, because Segment does not sign a batch that begins with null',
    (body) => {
      expect(refused({ body })).toEqual({
        status: 400,
        signature: 'missing',
        detail: expect.stringMatching(/first event of the batch is null.*Data field/),
        mayBeRotated: false,
      });
      expect(refused({ body, headers: legacy(event) }).status).toBe(401);
      expect(refused({ body, headers: whole(event) }).status).toBe(401);
    },
  );

  it.each(['null', `[${event},null]`, '["null"]', '{"a":[null]}'])(
    'is refused with 401 when it is %s and not signed: null is not its first event',
    (body) => {
      expect(refused({ body }).status).toBe(401);
    },
  );

  it('is refused with 401 when its signature is wrong, whatever it is', () => {
    for (const body of ['type=track', '"text"', 'null', '[]', '[1,null]', '{}']) {
      expect(refused({ body, headers: legacy(event) }).status).toBe(401);
      expect(refused({ body, headers: whole(event) }).status).toBe(401);
      expect(refused({ body }).status).toBe(401);
    }
  });

  it('is accepted when it is an empty object, which Segment signs: the schema of events refuses it later', () => {
    expect(accepted({ body: '{}', headers: legacy('{}') })).toEqual([{}]);
  });
});

describe('a body that is nested 100,000 levels deep', () => {
  const levels = 100_000;
  const objects = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const arrays = `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it('never throws, with any signature', () => {
    for (const body of [objects, arrays, `[${objects}]`, `[${event},${objects}]`]) {
      for (const headers of [whole(body), legacy(body), legacy(objects), legacy(event), legacy('1')]) {
        expect(() => authenticate({ body, headers, allowFirstEventSignature: true })).not.toThrow();
      }
      expect(refused({ body, headers: whole(body, 'another') }).status).toBe(401);
      expect(refused({ body, headers: legacy(body, 'another') }).status).toBe(401);
    }
  });

  it('is accepted when it is an object and rightly signed: it is refused later, as nested too deeply', () => {
    expect(authenticate({ body: objects, headers: whole(objects) }).ok).toBe(true);
    const poisoned = objects.replace('1', '{"__proto__":{}}');
    expect(authenticate({ body: poisoned, headers: whole(poisoned) }).ok).toBe(true);
  });
});
