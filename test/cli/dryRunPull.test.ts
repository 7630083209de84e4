import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PullFinding } from '../../cli/triggers/dryRun/pull/pullFinding.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import {
  type ProfilesSimulator,
  startProfilesSimulator,
} from '../../simulators/segment/profiles/profilesSimulator.ts';
import {
  type PublicApiSimulator,
  startPublicApiSimulator,
} from '../../simulators/segment/publicApiSimulator.ts';
import { simulatedSecrets } from '../../simulators/segment/simulatedSecrets.ts';
import { startSegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import {
  type SendGridSimulator,
  startSendGridSimulator,
} from '../../simulators/sendgrid/sendGridSimulator.ts';
import { type Result, runHere } from './runCommand.ts';
import { filesOfTests } from './triggersCommand.ts';

const file = filesOfTests();
let publicApi: PublicApiSimulator;
let profiles: ProfilesSimulator;
let sendgrid: SendGridSimulator;
let triggersFile: string;

beforeAll(async () => {
  publicApi = await startPublicApiSimulator();
  profiles = await startProfilesSimulator();
});

afterAll(async () => {
  await publicApi.stop();
  await profiles.stop();
});

beforeEach(async () => {
  sendgrid = await startSendGridSimulator({ contacts: 500, exportMs: 1 });
  triggersFile = await file('pulls.ts', triggers);
  await file('ids.csv', 'user_id\nu_100001\nu_1002\nu-nobody\n');
  return () => sendgrid.stop();
});

const triggers = `
import {
  askMave, audiencePreview, createPersona, defineTriggers, idsFrom, segmentAudiences, segmentProfiles, segopsSegments, sendgridContacts, trigger,
} from 'mavera-triggers';

const audience = trigger(
  {
    name: 'audience-persona',
    from: segmentAudiences({ space: 'spa_local' }),
    every: '7d',
    when: 'properties.size >= 1',
    atMost: { runs: 4 },
  },
  createPersona(({ event: { properties } }) => ({ name: properties.name, description: String(properties.definition) })),
);
export default defineTriggers([
  audience,
  trigger({ name: 'audience-voice', after: audience }, askMave(({ result }) => ({ message: 'Who is ' + result.personaId + '?' }))),
  trigger(
    { name: 'contact-personas', from: sendgridContacts({ all: true, groupBy: 'country', fields: ['plan'] }), every: '1d' },
    createPersona(({ event }) => ({ name: 'Contacts in ' + event.properties.group, description: 'A group' })),
  ),
  trigger(
    { name: 'some-profiles', from: segmentProfiles({ space: 'spa_local', of: idsFrom('./ids.csv'), traits: ['plan'] }), every: '1d' },
    createPersona(({ event }) => ({ name: event.properties.profile, description: 'One' })),
  ),
  trigger(
    { name: 'previewed', from: segmentProfiles({ space: 'spa_local', of: audiencePreview('aud_active_trials'), traits: ['plan'] }), every: '1d' },
    createPersona(() => ({ name: 'x', description: 'x' })),
  ),
  {
    name: 'recomputed',
    source: 'segops',
    when: 'event = "Segment Recomputed"',
    catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' },
    run: askMave(({ event }) => ({ message: 'What moves ' + event.properties.segment_name + '?' })),
  },
  trigger(
    { name: 'broken', from: segmentAudiences({ space: 'spa_local', keys: ['no_such_audience'] }), every: '7d' },
    createPersona(() => ({ name: 'x', description: 'x' })),
  ),
]);
`;

function environment(): Readonly<Record<string, string>> {
  return {
    SEGMENT_API_URL: publicApi.baseUrl,
    SEGMENT_API_TOKEN: simulatedSecrets.apiToken,
    SEGMENT_PROFILES_URL: profiles.baseUrl,
    SEGMENT_PROFILES_TOKEN: simulatedSecrets.profileToken,
    SENDGRID_BASE_URL: sendgrid.baseUrl,
    SENDGRID_API_KEY: sendgrid.apiKey,
  };
}

async function dryRun(args: readonly string[], env = environment()): Promise<Result> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const all = ['--triggers', triggersFile, 'dry-run', ...args];
  const surroundings = { cwd: projectRoot, env: { PATH, HOME, NODE_COMPILE_CACHE, ...env } };
  return await runHere(join(projectRoot, 'cli/triggers.ts'), all, surroundings);
}

async function findings(...args: readonly string[]): Promise<readonly PullFinding[]> {
  const { stdout } = await dryRun([...args, '--json']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PullFinding);
}

describe('npm run triggers -- dry-run --pull', () => {
  it('shows the calls, the events, and the requests that they and their followers would make', async () => {
    const { code, stdout, stderr } = await dryRun(['--pull', 'audience-persona', '--items', '2']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^step 1 {2}Pull audience-persona listed the audiences at 127\.0\.0\.1:\d+: allowed/,
    );
    expect(stdout).toMatch(/\nitem 1 {2}Audience Pulled\n {4}\{"id":"aud_/);
    expect(stdout).toMatch(/\nitem 1 {2}audience-persona: POST \/personas, about \d+ credits\n {4}\{"name":/);
    expect(stdout).toMatch(
      /\nitem 1 {2}audience-voice, after audience-persona, with an example of its result: POST/,
    );
    expect(stdout).not.toContain('item 3');
    expect(stdout).toMatch(
      /There are more items: raise --items\.\n\n2 items in 1 step, 1 call; 4 requests, about [\d,]+ credits\.\nOnly reads were made; nothing was queued or kept\./,
    );
    expect(publicApi.calls().every(({ method }) => method === 'GET')).toBe(true);
  });

  it('says what the filter leaves out and what is beyond atMost', async () => {
    const found = await findings('--pull', 'audience-persona', '--items', '100');
    const outcomes = found.flatMap((finding) => (finding.outcome === 'item' ? finding.comesTo : []));
    expect(outcomes.filter((outcome) => outcome === 'run')).toHaveLength(4);
    expect(outcomes).toContain('beyond');
    expect(found.at(-1)).toMatchObject({ outcome: 'ended', why: 'done', counts: { runs: 4 } });
  });

  it('reads a file beside the triggers file, and the profiles of its ids', async () => {
    const found = await findings('--pull', 'some-profiles');
    expect(found).toContainEqual({ outcome: 'read_file', file: './ids.csv', step: 1 });
    expect(found.at(-1)).toMatchObject({ why: 'done', counts: { rows: 3 } });
    expect(found.some(({ outcome }) => outcome === 'run')).toBe(true);
  });

  it('reads an export of contacts that is there, instead of starting one', async () => {
    const nothing = await dryRun(['--pull', 'contact-personas']);
    expect(nothing.code).toBe(0);
    expect(nothing.stdout).toContain(
      'It would now start an export of contacts: POST /v3/marketing/contacts/exports at sendgrid. A dry run only reads, so this was not done.',
    );
    expect(sendgrid.exportsStarted()).toBe(0);
    await startExport();
    const found = await findings('--pull', 'contact-personas', '--items', '1');
    expect(found.at(-1)).toMatchObject({ outcome: 'ended', why: 'enough', counts: { rows: 500 } });
    expect(found.filter(({ outcome }) => outcome === 'run')).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('signature=');
    expect(sendgrid.exportsStarted()).toBe(1);
  });

  it('starts no preview, and goes on with an answer that is given', async () => {
    const stopped = await findings('--pull', 'previewed');
    expect(stopped.at(-1)).toMatchObject({
      why: 'write',
      detail: expect.stringContaining('--answer previewAudience=<JSON file>'),
    });
    const started = await file('preview.json', '{"data":{"audiencePreview":{"id":"pre_1"}}}');
    const results = [{ id: publicApi.audiences()[0]?.members[0] ?? '' }];
    const preview = { data: { audiencePreview: { status: 'COMPLETED', results } } };
    const ready = await file('ready.json', JSON.stringify(preview));
    const answers = [`previewAudience=${started}`, `readAudiencePreview=${ready}`];
    const found = await findings('--pull', 'previewed', ...answers.flatMap((answer) => ['--answer', answer]));
    expect(found).toContainEqual(
      expect.objectContaining({ outcome: 'substituted', operation: 'previewAudience' }),
    );
    expect(found).toContainEqual(expect.objectContaining({ outcome: 'waits', waitMs: 5_000 }));
    expect(found.at(-1)).toMatchObject({ why: 'done' });
    expect(publicApi.calls().every(({ method }) => method === 'GET')).toBe(true);
  });

  it('stops before a wait that is longer than is allowed', async () => {
    const started = await file('preview.json', '{"data":{"audiencePreview":{"id":"pre_1"}}}');
    const answer = ['--answer', `previewAudience=${started}`];
    const found = await findings('--pull', 'previewed', ...answer, '--max-wait', '0');
    expect(found.at(-1)).toMatchObject({
      why: 'long_wait',
      detail: 'The dry run waits for 0 s at most: raise --max-wait.',
    });
  });

  it('takes what a trigger catches up with for events of its source', async () => {
    const segops = await startSegOpsSimulator();
    const env = { SEGOPS_BASE_URL: segops.baseUrl, SEGOPS_API_KEY: segops.apiKey };
    const { code, stdout } = await dryRun(['--pull', 'recomputed', '--items', '1'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/item 1 {2}Segment Recomputed\n.*\nitem 1 {2}recomputed: POST \/mave\/chat/);
    await segops.stop();
  });

  it('says that a key is refused, or that a file is missing', async () => {
    const refused = await dryRun(['--pull', 'audience-persona'], {
      ...environment(),
      SEGMENT_API_TOKEN: 'wrong',
    });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('FAILED: listAudiences at segment was answered 401');
    expect(refused.stdout).not.toContain('wrong');
    await rm(join(dirname(triggersFile), 'ids.csv'));
    const missing = await dryRun(['--pull', 'some-profiles']);
    expect(missing).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('FAILED: There is no file ./ids.csv beside the triggers file'),
    });
  });

  it('ends with exit code 1 if the pull fails, and says why', async () => {
    const { code, stdout } = await dryRun(['--pull', 'broken']);
    expect(code).toBe(1);
    expect(stdout).toContain('has no audience with the key no_such_audience');
  });

  it('obeys access.ts', async () => {
    await file(
      'access.ts',
      `import { defineAccess } from 'mavera-triggers';\nexport default defineAccess({ triggers: {} });`,
    );
    const { code, stdout } = await dryRun(['--pull', 'audience-persona']);
    expect(code).toBe(1);
    expect(stdout).toContain('pull audience-persona may not make this call');
    await rm(join(dirname(triggersFile), 'access.ts'));
  });

  it.each([
    [['--pull', 'audience-person'], 'no trigger of this name pulls; did you mean audience-persona?'],
    [
      ['--pull', 'x'],
      'the pulls are audience-persona, contact-personas, some-profiles, previewed, recomputed, broken',
    ],
    [['--pull', 'previewed', '--answer', 'askMave=x.json'], 'the operations of the pull are readAudience, '],
    [['--pull', 'audience-persona', '--items', '0'], 'Expected a whole number from 1 to 100000.'],
    [['--pull', 'audience-persona', 'events.ndjson'], 'give either files with events, or --pull <trigger>'],
    [[], 'give either files with events, or --pull <trigger>'],
  ])('refuses %j, naming the value and the fix', async (args, message) => {
    const { code, stdout, stderr } = await dryRun(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('names the variables that are missing', async () => {
    const { code, stderr } = await dryRun(['--pull', 'contact-personas'], {});
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'The pull of contact-personas is read with your own credentials: set SENDGRID_API_KEY (and SENDGRID_BASE_URL, if it is ' +
        'not at https://api.sendgrid.com).\n',
    });
  });
});

/** Has the simulator make an export, as somebody else would. */
async function startExport(): Promise<void> {
  await fetch(`${sendgrid.baseUrl}/v3/marketing/contacts/exports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sendgrid.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ file_type: 'csv', notifications: { email: false } }),
  });
}
