import type { NewTrigger } from '../newTrigger.ts';
import { type SampleEvent, unwantedEvent, wantedEvent } from './sampleEvents.ts';
import { indented, literalLines, stringSource } from './sourceText.ts';

/** What the request of each action is in Mavera's API. */
const paths = {
  askMave: '/mave/chat',
  createPersona: '/personas',
  updatePersona: '/personas',
  runFocusGroup: '/focus-groups',
} as const satisfies Record<NewTrigger['action'], string>;

const beginning = [
  "import { trial } from 'mavera-triggers/testing';",
  "import triggers from '../triggers.ts';",
  '',
  '// Each trial is the whole system in this process, on simulated time and with a simulated Mavera.',
];

/** `test/triggers.test.ts` of triggers for events: each has a test, and so has the signature. */
export function testFile(triggers: readonly NewTrigger[]): string {
  const ofSegment = triggers.find(({ watched }) => watched.source === 'segment');
  return text([
    ...(ofSegment === undefined ? [] : ["import { signSegmentRequest } from 'mavera-triggers/segment';"]),
    ...beginning,
    ...triggers.flatMap((trigger) => ['', ...triggerTest(trigger, triggers)]),
    ...(ofSegment === undefined ? [] : ['', ...signatureTest(ofSegment)]),
  ]);
}

/** `test/triggers.test.ts` of a recipe that pulls: what it finds is data that only its user has. */
export function pullTestFile(): string {
  return text([
    ...beginning,
    '',
    "test('nothing starts before a pull finds something', async () => {",
    '  await using run = await trial(triggers);',
    "  await run.pass('1d');",
    '  assert.equal(run.runs.length, 0);',
    '});',
    '',
    '// Write a test of your own data: run.pull(trigger, items) gives a pull what it finds, and run.requests is what Mavera is asked.',
  ]);
}

function text(lines: readonly string[]): string {
  const all = ["import assert from 'node:assert/strict';", "import { test } from 'node:test';", ...lines];
  return `${all.join('\n')}\n`;
}

function triggerTest(trigger: NewTrigger, all: readonly NewTrigger[]): readonly string[] {
  const { name, action } = trigger;
  return [
    `test(${stringSource(`${name}: only its own event starts a request to Mavera`)}, async () => {`,
    ...indented(
      [
        trialLine(trigger),
        ...sendLines('other', trigger, unwantedEvent(trigger, all)),
        'assert.equal(run.requests.length, 0);',
        ...sendLines('wanted', trigger, wantedEvent(trigger, 1)),
        ...(action === 'runFocusGroup' ? ["await run.pass('1h');"] : []),
        `assert.equal(run.one(${stringSource(name)}).state, 'done');`,
        `assert.equal(run.requests[0]?.path, '${paths[action]}');`,
      ],
      2,
    ),
    '});',
  ];
}

/** A trial gives what a trigger looks up. */
function trialLine({ name, action }: NewTrigger): string {
  return action === 'runFocusGroup'
    ? `await using run = await trial(triggers, { lookups: { ${stringSource(name)}: { workspace: { id: 'ws_1' } } } });`
    : 'await using run = await trial(triggers);';
}

/** SegOps always says when a segment was computed; to other events the trial adds the time. */
function sendLines(variable: string, { watched }: NewTrigger, event: SampleEvent): readonly string[] {
  switch (watched.source) {
    case 'segment':
      return literalLines('await run.send(', event, ');');
    case 'sendgrid':
      return [
        ...literalLines(`const ${variable} = `, event, ';'),
        `await run.send(${variable}, { source: 'sendgrid' });`,
      ];
    case 'segops':
      return [
        ...literalLines(`const ${variable} = `, { ...event, computed_at: '2026-01-05T09:00:00Z' }, ';'),
        `await run.send(${variable}, { source: 'segops' });`,
      ];
  }
}

function signatureTest(trigger: NewTrigger): readonly string[] {
  return [
    "test('only what Segment has signed starts something', async () => {",
    ...indented(
      [
        trialLine(trigger),
        ...literalLines('const payload = ', wantedEvent(trigger, 1), ';'),
        "const forged = await run.post(signSegmentRequest({ payload, secret: 'a guess' }));",
        'assert.equal(forged.status, 401);',
        'const signed = await run.post(signSegmentRequest({ payload, secret: run.sharedSecret }));',
        'assert.equal(signed.status, 200);',
        'assert.equal(signed.body.queued, 1);',
      ],
      2,
    ),
    '});',
  ];
}
