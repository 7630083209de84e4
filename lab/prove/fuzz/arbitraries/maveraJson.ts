import * as fc from 'fast-check';
import { anyJson, anyText } from './json.ts';

/** The documented answers. Source: Mavera API reference. */
const documented = {
  chat: {
    id: 'msg_1',
    object: 'mave.message',
    thread_id: 'thr_1',
    content: 'They left for the price.',
    sources: [{ title: 'a', url: 'https://example.com' }],
    personas_used: ['p-1'],
    usage: { credits_used: 25 },
  },
  persona: {
    id: 'p-1',
    name: 'a name',
    description: 'x [run aaaaaaaaaaaaaaaa]',
    is_custom: true,
    credits_charged: 300,
    created_at: 1_800_000_000,
  },
  response: {
    id: 'resp_1',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text: '{"a":1}' }] }],
    usage: { credits_used: 3 },
  },
  focusGroup: {
    id: 'fg_1',
    name: 'a name',
    status: 'completed',
    created_at: '2027-01-15T08:00:00Z',
    usage: { credits_used: 120 },
  },
  thread: {
    id: 'thr_1',
    credits_used: 25,
    messages: [
      { id: 'm1', role: 'user', content: 'a question', created_at: '2027-01-15T08:00:00Z' },
      { id: 'm2', role: 'assistant', content: 'an answer', created_at: 1_800_000_001 },
    ],
  },
  usage: {
    credits: { remaining: 4_000, included: 5_000 },
    rate_limit: { requests_per_minute: 60 },
    auto_recharge: { enabled: false },
  },
  error: { error: { message: 'odd', type: 'invalid_request_error', code: 'credits_exhausted' } },
} as const;

const lists = {
  threads: { data: [{ id: 'thr_1', updated_at: '2027-01-15T08:00:00Z' }], has_more: false },
  personas: { data: [documented.persona], next_cursor: 'c1' },
  focusGroups: { data: [documented.focusGroup] },
};

/** Values that replace others. */
const misplaced = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '..',
    '.',
    '\ud800',
    'a/b?c#d',
    'x'.repeat(2_000),
    [],
    {},
    true,
    -1,
    0,
    0.1,
  ),
  fc.constantFrom<unknown>(
    1e-200,
    1e200,
    1e21,
    Number.MAX_SAFE_INTEGER + 2,
    -1e-300,
    'NaN',
    '1970',
    'completed',
    'FAILED',
  ),
  anyText,
  anyJson,
);

interface Change {
  readonly at: number;
  readonly value: unknown;
  readonly removes: boolean;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 40 }),
  value: misplaced,
  removes: fc.boolean(),
});

/** Documented answers with some wrong values; sometimes anything. */
export const maveraJson: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        fc.constantFrom<unknown>(...Object.values(documented), ...Object.values(lists)),
        fc.array(change, { maxLength: 3 }),
      )
      .map(([json, changes]) => changes.reduce(changed, json)),
  },
  anyJson,
);

/** Changes one member, found by its number among all members at any depth. */
function changed(json: unknown, { at, value, removes }: Change): unknown {
  let left = at;
  const visit = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) {
      return node;
    }
    const entries = Object.entries(node).flatMap(([name, inner]): [string, unknown][] => {
      left -= 1;
      return left === -1 ? (removes ? [] : [[name, value]]) : [[name, visit(inner)]];
    });
    return Array.isArray(node) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
  };
  return visit(json);
}
