import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DesiredConnection,
  desiredMappings,
  overlapWarnings,
  routeWarnings,
} from '../../../cli/connect/plan/desiredConnection.ts';
import { planDocument } from '../../../cli/connect/plan/formatPlan.ts';
import { compareSecret, isMasked } from '../../../cli/connect/plan/maskedValue.ts';
import {
  type ActualConnection,
  type PlanOptions,
  planConnection,
  type Step,
} from '../../../cli/connect/plan/planConnection.ts';
import { hasWork } from '../../../cli/connect/plan/planStep.ts';
import type { SegmentDestination, SegmentMapping } from '../../../cli/connect/segmentApi/apiSchemas.ts';
import { askMave, type Trigger } from '../../../functions/index.ts';
import { connectionTestFilter } from '../../../functions/sources/segment/event.ts';

const segmentUrl = 'https://abc.lambda-url.eu-west-1.on.aws/segment';
const run = askMave(() => ({ message: 'Why?' }));
const triggers: readonly Trigger[] = [
  { name: 'churn', when: 'type = "track" and event = "churn"', route: 'default', run },
  { name: 'audience', when: 'type = "identify"', route: 'audiences', run },
];
const terms = { segmentUrl, bearerToken: 'token-of-48-letters', batching: true, batchSize: 1_000 };
const desired: DesiredConnection = {
  name: 'mavera-triggers',
  segmentUrl,
  sharedSecret: 'a-secret-that-ends-1234',
  bearerToken: terms.bearerToken,
  useSegmentSignatureHeader: true,
  mappings: desiredMappings(triggers, terms),
};
const empty: ActualConnection = {
  sourceId: 'src',
  metadataId: 'webhooks',
  actionId: 'send',
  destination: undefined,
  mappings: [],
};
const options: PlanOptions = { writeSecret: false, prune: false };

const masked = (secret: unknown): unknown =>
  typeof secret === 'string' ? `••••••••••${secret.slice(-4)}` : secret;

/** What is at Segment once a plan was carried out, as the Public API shows it. */
function carriedOut(actual: ActualConnection, steps: readonly Step[]): ActualConnection {
  let { destination, mappings } = actual;
  for (const [index, { call }] of steps.entries()) {
    const body = (call?.body ?? {}) as Record<string, never>;
    const settings = (before: object = {}): Record<string, unknown> => {
      const merged: Record<string, unknown> = { ...before, ...(body.settings as object | undefined) };
      return { ...merged, sharedSecret: masked(merged.sharedSecret) };
    };
    if (call?.kind === 'createDestination') {
      destination = {
        id: 'd',
        metadata: { id: 'webhooks' },
        ...body,
        settings: settings(),
      } as SegmentDestination;
    } else if (call?.kind === 'changeDestination' && destination !== undefined) {
      destination = { ...destination, ...body, settings: settings(destination.settings) };
    } else if (call?.kind === 'createMapping') {
      mappings = [...mappings, { id: `m${index}`, ...body } as SegmentMapping];
    } else if (call?.kind === 'changeMapping') {
      mappings = mappings.map((one) => (one.id === call.id ? { ...one, ...body } : one));
    }
  }
  return { ...actual, destination, mappings };
}

const setUp = carriedOut(empty, planConnection(desired, empty, options));

function changedMapping(change: Partial<SegmentMapping>, index = 0): ActualConnection {
  return {
    ...setUp,
    mappings: setUp.mappings.map((one, at) => (at === index ? { ...one, ...change } : one)),
  };
}

function changedSettings(change: Readonly<Record<string, unknown>>): ActualConnection {
  return changedMapping({ settings: { ...setUp.mappings[0]?.settings, ...change } });
}

describe('the mappings', () => {
  it('are one for each route, with the filters of its triggers and of the test event', () => {
    expect(desired.mappings.map(({ name, trigger, settings }) => [name, settings.url, trigger])).toEqual([
      [
        'mavera-triggers: default',
        segmentUrl,
        `(${connectionTestFilter}) or (type = "track" and event = "churn")`,
      ],
      [
        'mavera-triggers: audiences',
        `${segmentUrl}/audiences`,
        `(${connectionTestFilter}) or type = "identify"`,
      ],
    ]);
    expect(desired.mappings[0]?.settings).toEqual({
      url: segmentUrl,
      method: 'POST',
      data: { '@path': '$.' },
      headers: { Authorization: 'Bearer token-of-48-letters' },
      enable_batching: true,
      batch_size: 1_000,
      batch_keys: ['url', 'method', 'headers'],
    });
  });

  it('pass `delete` events with --deletes, on one route', () => {
    const filters = desiredMappings(triggers, { ...terms, deletes: true }).map(({ trigger }) => trigger);
    expect(filters).toEqual([
      `(${connectionTestFilter}) or type = "delete" or (type = "track" and event = "churn")`,
      `(${connectionTestFilter}) or type = "identify"`,
    ]);
  });

  it('send the events that cancel runs by each route of their trigger', () => {
    const cancelledBy = { when: 'type = "page"', per: 'user' } as const;
    const mappings = desiredMappings(
      [{ name: 'a', when: 'type = "track"', route: ['eu', 'us'], run, cancelledBy }],
      terms,
    );
    expect(mappings.map(({ route, trigger }) => [route, trigger.includes('type = "page"')])).toEqual([
      ['eu', true],
      ['us', true],
    ]);
  });

  it('are several if filters cannot be joined', () => {
    const when = 'contains(event, "a") and contains(event, "b")';
    const names = desiredMappings([{ name: 'two', when, run }], terms).map(({ name, trigger }) => [
      name,
      trigger,
    ]);
    expect(names).toEqual([
      ['mavera-triggers: default', connectionTestFilter],
      ['mavera-triggers: default (2)', when],
    ]);
  });

  it('come with a warning if several of one route can pass the same event', () => {
    const twoFunctions = 'contains(event, "a") and contains(event, "b")';
    const warningsOf = (...filters: readonly string[]): readonly string[] =>
      overlapWarnings(
        desiredMappings(
          filters.map((when, index) => ({ name: `t-${index}`, when, run })),
          terms,
        ),
      );
    expect(warningsOf('type = "page"', 'type = "track"')).toEqual([]);
    expect(warningsOf(twoFunctions)).toEqual([]);
    expect(warningsOf(twoFunctions, 'type = "track"')).toEqual([
      expect.stringContaining('route default has 2 mappings: a filter with two functions'),
    ]);
  });

  it('come with a warning if a trigger reads every route', () => {
    expect(routeWarnings(triggers)).toEqual([]);
    expect(routeWarnings([{ name: 'all', when: 'type = "page"', run }])).toEqual([]);
    expect(routeWarnings([...triggers, { name: 'all', when: 'type = "page"', run }])).toEqual([
      expect.stringContaining('all: a trigger without a route reads every route'),
    ]);
  });
});

describe('a plan', () => {
  it('creates everything at first, and then has nothing to do', () => {
    const steps = planConnection(desired, empty, options);
    expect(steps.map(({ action, what }) => [action, what])).toEqual([
      ['create', 'destination mavera-triggers'],
      ['create', 'mapping mavera-triggers: default'],
      ['create', 'mapping mavera-triggers: audiences'],
    ]);
    expect(hasWork(planConnection(desired, setUp, options))).toBe(false);
  });

  it.each<[string, ActualConnection, readonly string[]]>([
    ['a filter', changedMapping({ trigger: 'event = ""' }), ['trigger']],
    ['a mapping that is off', changedMapping({ enabled: false }), ['enabled']],
    ['another name', changedMapping({ name: 'Send' }), ['name']],
    ['another URL', changedSettings({ url: `${segmentUrl}/other` }), ['url']],
    ['batching', changedSettings({ enable_batching: false }), ['enable_batching']],
    ['what is sent', changedSettings({ data: { '@path': '$.properties' } }), ['data']],
    ['the token', changedSettings({ headers: { Authorization: 'Bearer other' } }), ['headers']],
    ['no token', changedSettings({ headers: undefined }), ['headers']],
    ['the token in lower case', changedSettings({ headers: { authorization: 'Bearer other' } }), ['headers']],
  ])('restores what somebody has changed: %s', (_name, actual, changes) => {
    const steps = planConnection(desired, actual, options).filter(({ call }) => call !== undefined);
    expect(steps.map(({ action, changes: found }) => [action, found])).toEqual([['update', changes]]);
    expect(hasWork(planConnection(desired, carriedOut(actual, steps), options))).toBe(false);
  });

  it.each<[string, Partial<SegmentDestination>, readonly string[]]>([
    ['is off', { enabled: false }, ['enabled']],
    [
      'has another secret',
      { settings: { sharedSecret: '••••••9999', useSegmentSignatureHeader: true } },
      ['sharedSecret'],
    ],
    ['has no secret', { settings: { useSegmentSignatureHeader: true } }, ['sharedSecret']],
    ['signs the older way', { settings: { sharedSecret: '••••••1234' } }, ['useSegmentSignatureHeader']],
  ])('restores a destination that %s', (_name, change, changes) => {
    const actual = { ...setUp, destination: { ...(setUp.destination as SegmentDestination), ...change } };
    const [step] = planConnection(desired, actual, options);
    expect(step).toMatchObject({ action: 'update', changes });
  });

  it('does not write a secret that is fully masked, except with --write-secret', () => {
    const settings = { sharedSecret: '••••••••••', useSegmentSignatureHeader: true };
    const actual = { ...setUp, destination: { ...(setUp.destination as SegmentDestination), settings } };
    expect(planConnection(desired, actual, options)[0]).toMatchObject({ action: 'keep' });
    const [forced] = planConnection(desired, actual, { ...options, writeSecret: true });
    expect(forced?.call).toMatchObject({ body: { settings: { sharedSecret: desired.sharedSecret } } });
  });

  it('turns on the newer signature only where it is offered', () => {
    const older = { ...desired, useSegmentSignatureHeader: undefined };
    const body = planConnection(older, empty, options)[0]?.call;
    expect(JSON.stringify(body)).not.toContain('useSegmentSignatureHeader');
  });

  it('keeps what others added to a mapping, but nothing that is masked', () => {
    const headers = { 'X-Team': 'growth', 'X-Key': '••••••abcd' };
    const [, step] = planConnection(desired, changedSettings({ headers, extra: 1 }), options);
    expect(step?.call).toMatchObject({
      body: {
        settings: { extra: 1, headers: { 'X-Team': 'growth', Authorization: 'Bearer token-of-48-letters' } },
      },
    });
    expect(isMasked(step?.call)).toBe(false);
    expect(step?.changes).toEqual(['headers', 'header X-Key is masked: set it again']);
  });

  it('accepts a filter that Segment formats differently, and a header in another case', () => {
    const trigger = (desired.mappings[0]?.trigger ?? '').replaceAll(' = ', '=');
    expect(hasWork(planConnection(desired, changedMapping({ trigger }), options))).toBe(false);
    const headers = { authorization: 'Bearer token-of-48-letters' };
    expect(hasWork(planConnection(desired, changedSettings({ headers }), options))).toBe(false);
  });

  it('shows what is there and what is wanted, except secrets', () => {
    const actual = changedMapping({ trigger: 'event = ""', settings: { url: segmentUrl, method: 'PUT' } });
    const [, step] = planConnection(desired, actual, options);
    expect(step?.differences).toEqual([
      { field: 'trigger', atSegment: 'event = ""', wanted: desired.mappings[0]?.trigger },
      { field: 'method', atSegment: 'PUT', wanted: 'POST' },
      { field: 'data', atSegment: 'differs', wanted: 'the whole event' },
      { field: 'headers', atSegment: 'differs', wanted: "as in the stack's secret" },
      { field: 'enable_batching', atSegment: 'nothing', wanted: 'true' },
      { field: 'batch_size', atSegment: 'nothing', wanted: '1000' },
    ]);
    const destination = {
      ...(setUp.destination as SegmentDestination),
      enabled: false,
      settings: { sharedSecret: 'a-secret-in-the-clear' },
    };
    const [changed] = planConnection(desired, { ...setUp, destination }, options);
    expect(changed?.differences).toEqual([
      { field: 'enabled', atSegment: 'false', wanted: 'true' },
      { field: 'sharedSecret', atSegment: 'differs', wanted: "as in the stack's secret" },
      { field: 'useSegmentSignatureHeader', atSegment: 'nothing', wanted: 'true' },
    ]);
  });

  it('accepts each value of a rotation that is under way', () => {
    const alsoValid = { sharedSecret: ['the-other-secret-9876'], bearerToken: ['the-other-token'] };
    const rotating = { ...desired, sharedSecret: 'an-old-secret-0000', alsoValid };
    const settings = { sharedSecret: '••••••9876', useSegmentSignatureHeader: true };
    const actual = {
      ...changedSettings({ headers: { Authorization: 'Bearer the-other-token' } }),
      destination: { ...(setUp.destination as SegmentDestination), settings },
    };
    expect(hasWork(planConnection(rotating, actual, options))).toBe(false);
    expect(hasWork(planConnection(desired, actual, options))).toBe(true);
  });

  it('does not say of a second mapping to our URL that no trigger names it', () => {
    const extra = { ...(setUp.mappings[0] as SegmentMapping), id: 'z', name: 'mavera-triggers: default (2)' };
    const steps = planConnection(desired, { ...setUp, mappings: [...setUp.mappings, extra] }, options);
    expect(steps.at(-1)?.changes.join()).toContain('which other mappings serve: --prune disables it');
  });

  it('does not touch mappings that post elsewhere, and disables one without triggers only with --prune', () => {
    const elsewhere: SegmentMapping = {
      id: 'x',
      name: 'Slack',
      enabled: true,
      trigger: 'type = "track"',
      settings: { url: 'https://hooks.example.com' },
    };
    const orphan = {
      ...elsewhere,
      id: 'y',
      name: 'mavera-triggers: old',
      settings: { url: `${segmentUrl}/old` },
    };
    const actual = { ...setUp, mappings: [...setUp.mappings, elsewhere, orphan] };
    expect(hasWork(planConnection(desired, actual, options))).toBe(false);
    expect(planConnection(desired, actual, options).at(-1)).toMatchObject({ action: 'leave' });
    const pruned = planConnection(desired, actual, { ...options, prune: true });
    expect(pruned.filter(({ call }) => call !== undefined)).toEqual([
      expect.objectContaining({
        action: 'disable',
        call: { kind: 'changeMapping', id: 'y', body: { enabled: false } },
      }),
    ]);
  });

  it('accepts batch sizes that Segment keeps as text', () => {
    expect(hasWork(planConnection(desired, changedSettings({ batch_size: '1000' }), options))).toBe(false);
  });

  it('never shows a secret', () => {
    const text = JSON.stringify(planDocument(planConnection(desired, empty, options)));
    expect(text).not.toContain(desired.sharedSecret);
    expect(text).not.toContain(desired.bearerToken);
  });

  it('leaves nothing to do once carried out, whatever was there, and writes nothing masked', () => {
    const setting = fc.record(
      {
        url: fc.constantFrom(segmentUrl, `${segmentUrl}/audiences`, 'https://elsewhere.example.com'),
        method: fc.constantFrom('POST', 'PUT'),
        enable_batching: fc.boolean(),
        headers: fc.constantFrom(
          {},
          { Authorization: '••••••ters' },
          { Authorization: 'Bearer x', 'X-Y': '•••z' },
        ),
      },
      { requiredKeys: ['url'] },
    );
    const mapping = fc.record({
      name: fc.constantFrom('mavera-triggers: default', 'mavera-triggers: audiences', 'Send', null),
      enabled: fc.boolean(),
      trigger: fc.constantFrom('event = ""', desired.mappings[0]?.trigger ?? ''),
      settings: setting,
    });
    const destination = fc.record({
      id: fc.constant('d'),
      name: fc.constant('mavera-triggers'),
      enabled: fc.boolean(),
      sourceId: fc.constant('src'),
      metadata: fc.constant({ id: 'webhooks' }),
      settings: fc.constantFrom({}, { sharedSecret: '•••••1234' }, { sharedSecret: '•••••0000' }),
    });
    const mappings = fc
      .array(mapping, { maxLength: 4 })
      .map((all) => all.map((one, index): SegmentMapping => ({ id: `old-${index}`, ...one })));
    fc.assert(
      fc.property(destination, mappings, fc.boolean(), (found, all, prune) => {
        const actual: ActualConnection = { ...empty, destination: found, mappings: all };
        const steps = planConnection(desired, actual, { ...options, prune });
        expect(steps.some(({ call }) => isMasked(call))).toBe(false);
        const after = carriedOut(actual, steps);
        expect(
          planConnection(desired, after, { ...options, prune }).filter(({ call }) => call !== undefined),
        ).toEqual([]);
      }),
    );
  });
});

describe('a secret as Segment shows it', () => {
  it.each([
    ['••••••••••1234', 'same'],
    ['**********1234', 'same'],
    ['••••••••••4321', 'different'],
    ['••••••••••', 'unknown'],
    ['Bearer ••••••1234', 'same'],
    [undefined, 'different'],
    ['', 'different'],
    ['a-secret-that-ends-1234', 'same'],
  ])('%j is %s', (shown, comparison) => {
    expect(compareSecret(shown, 'a-secret-that-ends-1234')).toBe(comparison);
  });
});
