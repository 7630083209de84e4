import {
  askMave,
  createPersona,
  definePull,
  maveraWorkspace,
  respondAs,
  runFocusGroup,
  type StartedTrigger,
  segmentProfile,
  segopsMembers,
  trigger,
} from 'mavera-triggers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Finding } from '../../cli/triggers/dryRun/finding.ts';
import { findRun } from '../../cli/triggers/dryRun/findRun.ts';
import { type DryRunRules, findRuns } from '../../cli/triggers/dryRun/findRuns.ts';
import { formatFinding, summarize } from '../../cli/triggers/dryRun/formatFinding.ts';
import { runIdFor } from '../../functions/ledger/keys.ts';
import { parseSegmentEvent } from '../../functions/sources/segment/event.ts';
import { parseEvents } from '../../simulators/segment/readEvents.ts';
import { chainOfThree, filesOfTests, triggers } from './triggersCommand.ts';

const leaving = '{"type":"track","event":"churn_signal","messageId":"m-1","userId":"u-1"}';
const when = 'type = "track" and event = "churn_signal"';

/** Values by trigger and name; JSON's null is not undone here. */
interface Given {
  readonly lookups?: Readonly<Record<string, unknown>>;
  readonly results?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function find(
  text: string,
  list: readonly StartedTrigger[],
  { lookups = {}, results = {} }: Given = {},
  more: Partial<DryRunRules> = {},
): readonly Finding[] {
  return findRuns(parseEvents(text, 'e'), {
    triggers: list,
    grants: undefined,
    given: {
      lookup: (name, lookup) =>
        Object.hasOwn(lookups, `${name}.${lookup}`) ? [lookups[`${name}.${lookup}`]] : undefined,
      result: (name) => results[name],
    },
    route: 'default',
    userIdArgument: 'user_id',
    ...more,
  });
}

const left = trigger(
  {
    name: 'left',
    when,
    with: { profile: segmentProfile({ space: 'spa_1', traits: ['ltv', 'plan'], events: true }) },
    only: ({ profile }) => Number(profile?.traits.ltv) > 1_000,
    toSegment: { track: true, identify: ({ result }) => ({ mavera_thread: result.threadId }) },
    toSegOps: { track: true },
  },
  askMave(({ profile }) => ({ message: `Why does a customer on ${profile?.traits.plan} leave?` })),
);
const voice = trigger(
  { name: 'voice', after: left },
  createPersona(({ result }) => ({ name: 'A VIP who left', description: result.content })),
);
const group = trigger(
  { name: 'group', after: voice, with: { workspace: maveraWorkspace() } },
  runFocusGroup(({ result, workspace }) => ({
    workspace_id: workspace.id,
    name: 'VIPs',
    persona_ids: [result.personaId],
  })),
);
const profile = { traits: { ltv: 5_000, plan: 'pro' }, events: [], channels: ['web'] };

describe('the source of an event in a dry run', () => {
  const run = askMave(({ event }) => ({ message: `${event.userId} ${event.event}` }));
  const list: readonly StartedTrigger[] = [
    { name: 'of-segment', when: 'event = "Email Opened" or event = "Segment Recomputed"', run },
    { name: 'of-sendgrid', source: 'sendgrid', when: 'event = "Email Opened"', run },
    { name: 'of-segops', source: 'segops', when: 'event = "Segment Recomputed"', run },
  ];
  const opened = '[{"event":"open","email":"jane@example.com","sg_event_id":"e-1","customer":"u-7"}]';
  const recomputed =
    '{"event":"segment.recomputed","tenant_slug":"acme","segment_id":42,"computed_at":"2026-11-20T08:00:00Z"}';
  const tracked = '{"type":"track","event":"Email Opened","email":"x","sg_event_id":"e","userId":"u-1"}';

  it('is told by its shape, and only the triggers of that source are asked', () => {
    const findings = find(`${opened}\n${recomputed}\n${tracked}`, list);
    expect(findings).toMatchObject([
      { place: 'e:1[0]', outcome: 'run', trigger: 'of-sendgrid' },
      { place: 'e:2', outcome: 'run', trigger: 'of-segops' },
      { place: 'e:3', outcome: 'run', trigger: 'of-segment' },
    ]);
  });

  it('can be said, and then decides how the event is read', () => {
    expect(find(tracked, list, {}, { source: 'segops' })).toMatchObject([{ outcome: 'ignored' }]);
    expect(find(recomputed, list, {}, { source: 'segment' })).toMatchObject([{ outcome: 'invalid' }]);
  });

  it('gives the user by the custom argument of SendGrid', () => {
    expect(find(opened, list, {}, { userIdArgument: 'customer' })).toMatchObject([
      { request: { body: { message: 'u-7 Email Opened' } } },
    ]);
  });

  it('is part of the id of a run, as it is for the receiver', () => {
    const persona = createPersona(() => ({ name: 'Segment', description: 'x' }));
    const message = 'acme/42/1795161600';
    const [finding] = find(recomputed, [
      { name: 'p', source: 'segops', when: 'event = "Segment Recomputed"', run: persona },
    ]);
    const identity = { source: 'segops', route: 'default', messageId: message, element: {} } as const;
    const runId = runIdFor(identity, `id:${message}`, 'p');
    expect(JSON.stringify(finding)).toContain(`[run ${runId.slice(0, 16)}`);
  });

  it('starts nothing with our own reports and with the tests of a connection', () => {
    const report = `{"type":"track","event":"Email Opened","messageId":"mavera-run-${'0'.repeat(40)}-track"}`;
    const test =
      '[{"event":"open","email":"example@test.com","sg_message_id":"14c5d75ce93.dfd.64b469.filter0001"}]';
    expect(find(`${report}\n${test}`, list).map(({ outcome }) => outcome)).toEqual(['ignored', 'ignored']);
  });
});

describe('lookups in a dry run', () => {
  it('whose values are not given are shown as the calls that they would make, without ids', () => {
    const findings = find(leaving, [left, voice]);
    expect(findings).toEqual([
      {
        place: 'e:1',
        trigger: 'left',
        outcome: 'looks_up',
        lookups: [
          {
            name: 'profile',
            kind: 'segmentProfile',
            calls: [
              {
                system: 'segmentProfiles',
                method: 'GET',
                path: '/v1/spaces/{space}/collections/users/profiles/{profile}/traits',
              },
              {
                system: 'segmentProfiles',
                method: 'GET',
                path: '/v1/spaces/{space}/collections/users/profiles/{profile}/events',
              },
              { system: 'segment', method: 'GET', path: '/sources' },
            ],
          },
        ],
        followedBy: ['voice'],
      },
    ]);
    const text = findings.map(formatFinding).join('\n');
    expect(text).toContain('e:1  left: first looks up profile\n    profile (segmentProfile) would call\n');
    expect(text).toContain('\n      segment: GET /sources\n');
    expect(text).toContain('give the value: --lookup left.profile=<JSON file>\n    voice would follow');
    expect(summarize(findings)).toMatch(
      /^0 runs, about 0 credits; 0 wait for approval, 1 look things up first, /,
    );
  });

  it('need no value if the event has nothing that could be asked about', () => {
    const seen: unknown[] = [];
    const members = trigger(
      { name: 'members', when, with: { members: segopsMembers({ segment: () => undefined }) } },
      askMave(({ members: value }) => {
        seen.push(value);
        return { message: 'Why?' };
      }),
    );
    expect(find(leaving, [members])).toMatchObject([{ outcome: 'run' }]);
    expect(seen).toEqual([undefined]);
  });

  it('whose values are given decide by `only`, and make the request', () => {
    const rich = find(leaving, [left], { lookups: { 'left.profile': profile } });
    expect(rich).toMatchObject([
      { outcome: 'run', request: { body: { message: 'Why does a customer on pro leave?' } } },
    ]);
    const poor = find(leaving, [left], { lookups: { 'left.profile': { ...profile, traits: { ltv: 5 } } } });
    expect(poor).toEqual([{ place: 'e:1', trigger: 'left', outcome: 'not_wanted' }]);
    expect(find(leaving, [left], { lookups: { 'left.profile': undefined } })).toEqual(poor);
    expect(poor.map(formatFinding)).toEqual(['e:1  left: not wanted, because `only` returned false']);
  });

  it('fail the run if a function of the trigger throws, also `only`', () => {
    const throwing = trigger(
      {
        name: 'throwing',
        when,
        only: () => {
          throw new Error('no plan');
        },
      },
      askMave(() => ({ message: 'Why?' })),
    );
    expect(find(leaving, [throwing])).toMatchObject([
      { outcome: 'failed', reason: 'builder_failed', detail: 'A function of the trigger threw: no plan' },
    ]);
  });
});

describe('triggers that follow in a dry run', () => {
  const lookups = { 'left.profile': profile, 'group.workspace': { id: 'ws_1' } };

  it('are shown with an example of the result that they follow, down the whole chain', () => {
    const findings = find(leaving, [left, voice, group], { lookups });
    expect(findings).toMatchObject([
      { trigger: 'left', outcome: 'run' },
      { trigger: 'voice', after: 'left', withExampleResult: true, outcome: 'run', estimatedCredits: 300 },
      { trigger: 'group', after: 'voice', withExampleResult: true, request: { path: '/focus-groups' } },
    ]);
    const text = findings.map(formatFinding).join('\n');
    expect(text).toContain(
      'e:1  voice, after left, with an example of its result: POST /personas, about 300',
    );
    expect(summarize(findings)).toMatch(/^3 runs, about 550 credits; /);
  });

  it('get a result that is given by hand', () => {
    const results = { left: { content: 'They leave for the price.' }, voice: { personaId: 'p-7' } };
    const [, persona, focusGroup] = find(leaving, [left, voice, group], { lookups, results });
    expect(persona).toMatchObject({ request: { body: { description: /^They leave for the price\./ } } });
    expect(persona).not.toHaveProperty('withExampleResult');
    expect(focusGroup).toMatchObject({ request: { body: { persona_ids: ['p-7'] } } });
  });

  it('get an example that fits the schema of `respondAs`', () => {
    const asked = trigger(
      { name: 'asked', when },
      respondAs(() => ({ input: 'Why?' }), {
        personaId: 'p-1',
        output: z.object({ likely: z.boolean(), reasons: z.array(z.string()) }),
      }),
    );
    const next = trigger(
      { name: 'next', after: asked },
      askMave(({ result }) => ({
        message: `${typeof result.output.likely} ${result.output.reasons.length}`,
      })),
    );
    expect(find(leaving, [asked, next])[1]).toMatchObject({ request: { body: { message: 'boolean 2' } } });
  });

  it('get a list of results if they collect', () => {
    const collecting = trigger(
      { name: 'collecting', after: left, collect: { within: '1h' } },
      askMave(({ results }) => ({ message: results.map(({ content }) => content).join() })),
    );
    const results = { left: { content: 'The price.' } };
    expect(find(leaving, [left, collecting], { lookups, results })[1]).toMatchObject({
      request: { body: { message: 'The price.' } },
    });
  });

  it('counts the event alone if they tally', () => {
    const counting = trigger(
      { name: 'counting', when, collect: { within: '1h', tally: ({ userId }) => [`${userId}`, 'leaves'] } },
      askMave(({ tally, counted, ...context }) => ({
        message: `${counted} ${JSON.stringify(tally)} ${Object.keys(context).join()}`,
      })),
    );
    expect(find(leaving, [counting])).toMatchObject([
      { outcome: 'run', request: { body: { message: '1 {"leaves":1,"other":1} event,trigger' } } },
    ]);
    const failing = trigger(
      { name: 'failing', when, collect: { within: '1h', tally: () => JSON.parse('{}').none.such } },
      askMave(({ counted }) => ({ message: `${counted}` })),
    );
    expect(find(leaving, [failing])).toMatchObject([{ outcome: 'failed', reason: 'builder_failed' }]);
  });

  it('are marked as new if they collect the results of a pull, as the runner does', () => {
    const from = definePull({
      kind: 'items',
      source: 'segment',
      operations: [],
      start: {},
      step: () => ({}),
    });
    const pulls = trigger(
      { name: 'pulls', from, every: '1d' },
      askMave(() => ({ message: 'Why?' })),
    );
    const compares = trigger(
      { name: 'compares', after: pulls, collect: { within: '1h' } },
      askMave(({ results }) => ({ message: results.map(({ isNew }) => `new: ${isNew}`).join() })),
    );
    const parsed = parseSegmentEvent({ type: 'track', event: 'Item Pulled' });
    if (!parsed.ok) {
      throw new Error(parsed.problem);
    }
    const given = { lookup: () => undefined, result: () => undefined };
    const rules = { triggers: [pulls, compares], grants: undefined, given };
    const [, comparison] = findRun(
      pulls,
      { place: 'p:1', event: parsed.event, runId: 'a'.repeat(40) },
      rules,
    );
    expect(comparison).toMatchObject({ request: { body: { message: 'new: true' } } });
  });

  it('ask for a result if no request can be built from an example, which is not a failure', () => {
    const picky = trigger(
      { name: 'picky', after: left },
      askMave(({ result }) => ({ message: (JSON.parse(result.content) as { reason: string }).reason })),
    );
    const findings = find(leaving, [left, picky], { lookups });
    expect(findings[1]).toMatchObject({ outcome: 'needs_result', trigger: 'picky', after: 'left' });
    expect(formatFinding(findings[1] as Finding)).toContain('give the result: --result left=<JSON file>');
    const results = { left: { content: 'not JSON' } };
    expect(find(leaving, [left, picky], { lookups, results })[1]).toMatchObject({ outcome: 'failed' });
  });
});

describe('reports in a dry run', () => {
  const lookups = { 'left.profile': profile };

  it('are those that the runner would send of the result, or of an example', () => {
    const [example] = find(leaving, [left], { lookups });
    expect(example).toMatchObject({
      reports: [
        { to: 'Segment', event: 'Mavera Research Completed' },
        { to: 'Segment', event: 'identify', traits: { mavera_thread: 'example-thread' } },
        { to: 'SegOps', event: 'mavera_research_completed' },
      ],
    });
    const [given] = find(leaving, [left], { lookups, results: { left: { threadId: 't-7' } } });
    expect(formatFinding(given as Finding)).toContain(
      '\n    then reports to Segment: identify {"mavera_thread":"t-7"}\n    then reports to SegOps: mavera_research_completed',
    );
  });

  it('are none for SegOps of an event without a user id', () => {
    const [finding] = find(leaving.replace('userId', 'anonymousId'), [left], { lookups });
    expect(JSON.stringify(finding)).not.toContain('SegOps');
    expect(finding).toMatchObject({ reports: [{ to: 'Segment' }, { to: 'Segment' }] });
  });

  it('say so if the function for the traits throws', () => {
    const throwing = trigger(
      {
        name: 'throwing',
        when,
        toSegOps: {
          identify: () => {
            throw new Error('no traits');
          },
        },
      },
      askMave(() => ({ message: 'Why?' })),
    );
    const [finding] = find(leaving, [throwing]);
    expect(formatFinding(finding as Finding)).toContain(
      '\n    no report to SegOps: identify cannot be used: no traits',
    );
  });
});

describe('a dry run with an access file', () => {
  it('fails the runs of a trigger that lacks something, and names it', () => {
    const plain: StartedTrigger = { name: 'plain', when, run: askMave(() => ({ message: 'Why?' })) };
    const grants = { 'trigger/plain': { 'mavera.mave': 'read', 'mavera.usage': 'read' } } as const;
    expect(find(leaving, [plain], {}, { grants })).toMatchObject([
      {
        outcome: 'failed',
        reason: 'not_allowed',
        detail: 'access.ts does not grant write on mavera.mave',
      },
    ]);
  });
});

describe('npm run triggers -- dry-run, with values given by hand', () => {
  const file = filesOfTests();

  async function dryRun(...args: readonly string[]) {
    const path = await file('chain.ts', chainOfThree);
    const events = await file('events.ndjson', leaving);
    return await triggers('--triggers', path, 'dry-run', events, ...args);
  }

  it('shows the requests of the whole chain', async () => {
    const given = [
      ['--lookup', `profile=${await file('profile.json', JSON.stringify(profile))}`],
      ['--lookup', `vip-group.workspace=${await file('workspace.json', '{"id":"ws_1"}')}`],
      ['--result', `vip-left=${await file('left.json', '{"content":"The price."}')}`],
    ].flat();
    const { code, stdout, stderr } = await dryRun(...given, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding);
    expect(findings).toMatchObject([
      { trigger: 'vip-left', outcome: 'run' },
      { trigger: 'vip-voice', after: 'vip-left', request: { body: { name: 'A VIP who left' } } },
      { trigger: 'vip-group', after: 'vip-voice', withExampleResult: true },
    ]);
  });

  it('takes null for what a system does not know', async () => {
    const { stdout } = await dryRun('--lookup', `profile=${await file('null.json', 'null')}`);
    expect(stdout).toContain('vip-left: not wanted, because `only` returned false');
  });

  it.each([
    [
      ['--lookup', 'profile'],
      '--lookup profile: expected <name>=<file>, such as --lookup profile=profile.json.',
    ],
    [
      ['--lookup', 'profil=x.json'],
      '--lookup profil=x.json: no trigger has this lookup; the lookups are vip-left.profile, vip-group.workspace, segment-grew.members.',
    ],
    [['--lookup', 'profile=nowhere.json'], '--lookup: nowhere.json cannot be read: check the path.'],
    [['--lookup', 'profile=README.md'], '--lookup: README.md is not valid JSON.'],
    [
      ['--result', 'x.json'],
      '--result x.json: expected <trigger>=<file> with a trigger whose result is used; these are vip-left, vip-voice.',
    ],
    [['--source', 'mailgun'], 'Allowed choices are segment, sendgrid, segops.'],
  ])('refuses %j, naming the value and the fix', async (args, message) => {
    const { code, stdout, stderr } = await dryRun(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
