import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signSegmentRequest } from '../../functions/index.ts';
import { readLines } from '../../local/lambda/readLines.ts';
import { people } from '../../simulators/people.ts';
import { runHere } from '../cli/runCommand.ts';

const triggers = `
import {
  askMave, createPersona, defineTriggers, maveraWorkspace, quoted, runFocusGroup, segmentProfile, trigger,
} from 'mavera-triggers';

const left = trigger(
  {
    name: 'vip-left',
    when: 'type = "track" and event = "churn_signal"',
    with: { profile: segmentProfile({ space: 'spa_1', traits: ['ltv', 'plan'] }) },
    only: ({ profile }) => Number(profile?.traits.ltv) > 1_000,
    toSegment: { track: true },
  },
  askMave(({ profile }) => ({ message: 'Why leave the plan ' + quoted(profile?.traits.plan) + '?' })),
);
const persona = trigger(
  { name: 'vip-persona', after: left },
  createPersona(({ result }) => ({ name: 'A VIP who left', description: result.content.slice(0, 200) })),
);
const group = trigger(
  { name: 'vip-group', after: persona, with: { workspace: maveraWorkspace() } },
  runFocusGroup(({ result, workspace }) => ({
    workspace_id: workspace.id,
    name: 'Why did ' + result.personaId + ' leave?',
    persona_ids: [result.personaId],
    questions: [{ type: 'open_ended', text: 'What would make you stay?' }],
  })),
);
export default defineTriggers([left, persona, group]);
`;

interface ShownRun {
  readonly runId: string;
  readonly trigger: string;
  readonly state: string;
  readonly reason?: string;
}

/** The line that `npm run dev` prints when it accepts requests, as far as it is needed. */
interface Ready {
  readonly segment: string;
  readonly sharedSecret: string;
}

const rich = people.find(({ ltv }) => ltv > 10_000);
const poor = people.find(({ ltv }) => ltv > 0 && ltv < 100);
const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;

const waiting = { timeout: 240_000, interval: 1_000 };

let directory: string;
let dev: ChildProcess;
let ready: Ready;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chain-'));
  const triggersFile = join(directory, 'mine.ts');
  await writeFile(triggersFile, triggers);
  const env = { PATH, NODE_COMPILE_CACHE, PORT: '0', TMPDIR: directory, TRIGGERS: triggersFile };
  dev = spawn(process.execPath, [pathOf('local/dev.ts')], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const stdout: string[] = [];
  if (dev.stdout !== null) {
    readLines(dev.stdout, (line) => stdout.push(line));
  }
  await vi.waitUntil(() => stdout[0]?.startsWith('ready '), waiting);
  ready = JSON.parse(stdout[0]?.slice('ready '.length) ?? '') as Ready;
  await post(rich?.userId, 'rich-1');
  await post(poor?.userId, 'poor-1');
  await vi.waitFor(async () => expect(await openRuns()).toEqual([]), waiting);
});

afterAll(async () => {
  dev?.kill('SIGTERM');
  await rm(directory, { recursive: true, force: true });
});

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

/** Sends the event of somebody whose e-mail address is in it. */
async function post(userId: string | undefined, messageId: string): Promise<void> {
  const properties = { email: 'jane@example.com', signal_type: 'cancel page' };
  const payload = { type: 'track', event: 'churn_signal', messageId, userId, properties };
  const { body, headers } = signSegmentRequest({ payload, secret: ready.sharedSecret });
  expect((await fetch(ready.segment, { method: 'POST', body, headers })).status).toBe(200);
}

/** What an operator's command prints. */
async function ops(...args: readonly string[]): Promise<string> {
  const surroundings = { cwd: directory, env: { PATH, NODE_COMPILE_CACHE } };
  const { code, stdout, stderr } = await runHere(pathOf('cli/ops.ts'), [...args, '--local'], surroundings);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function runs(): Promise<readonly ShownRun[]> {
  const lines = (await ops('runs', 'list', '--json')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as ShownRun);
}

/** What is not over: the two runs, and those that follow. */
async function openRuns(): Promise<readonly string[]> {
  const found = await runs();
  const missing = ['vip-left', 'vip-persona', 'vip-group'].filter(
    (name) => !found.some(({ trigger, state }) => trigger === name && state === 'done'),
  );
  const open = found.filter(({ state }) => !['done', 'skipped', 'failed'].includes(state));
  return [...missing, ...open.map(({ trigger, state }) => `${trigger} is ${state}`)];
}

describe('triggers that look something up and follow one another, as an operator sees them', () => {
  it('make the runs of a valuable customer, and none for another one', async () => {
    const found = await runs();
    expect(found.map(({ trigger, state, reason }) => [trigger, state, reason])).toEqual(
      expect.arrayContaining([
        ['vip-left', 'done', 'done'],
        ['vip-persona', 'done', 'done'],
        ['vip-group', 'done', 'done'],
        ['vip-left', 'skipped', 'not_wanted'],
      ]),
    );
    expect(found).toHaveLength(4);
  });

  it('are shown as a chain by each of their runs, with what was looked up', async () => {
    const found = (await runs()).filter(({ state }) => state === 'done');
    for (const { runId, trigger } of found) {
      const shown = JSON.parse(await ops('runs', 'show', runId, '--json')) as {
        readonly chain: readonly ShownRun[];
        readonly lookups?: Readonly<Record<string, unknown>>;
      };
      expect(shown.chain.map((run) => run.trigger)).toEqual(['vip-left', 'vip-persona', 'vip-group']);
      expect(Object.keys(shown.lookups ?? {})).toEqual(
        { 'vip-left': ['profile'], 'vip-group': ['workspace'] }[trigger] ?? [],
      );
    }
    const [first] = found.filter(({ trigger }) => trigger === 'vip-left');
    const text = await ops('runs', 'show', first?.runId ?? '');
    expect(text).toMatch(/\nLooked up\nprofile .* \{"traits":\{.*"plan":"enterprise"/);
  });

  it('leave a sentence about each outside call, in which no person is named', async () => {
    const log = await ops('access', 'log', '--since', '1h');
    for (const sentence of [
      /Trigger vip-left read the traits of a profile at 127\.0\.0\.1:\d+: allowed, it declares the lookup profile\. Answered 200 /,
      /Trigger vip-left asked Mave a question at .*: allowed, it declares askMave\. Answered 200 in .*, \d+ credits\. Run [0-9a-f]{6}\.\n/,
      /Trigger vip-left sent a result to Segment at .*: allowed, it declares toSegment\. /,
      /Trigger vip-persona created a persona at .*, 300 credits\. /,
      /Trigger vip-group started a focus group at .*: allowed, it declares runFocusGroup\. /,
    ]) {
      expect(log).toMatch(sentence);
    }
    // One line a call: what is recorded before a call is not shown when it has ended.
    expect(log).not.toContain('is about to');
    for (const [text, what] of [
      [log, 'text'],
      [await ops('access', 'log', '--json'), 'json'],
    ]) {
      expect({ what, named: /jane|example\.com|u_1\d{3}/.exec(text ?? '')?.[0] }).toEqual({
        what,
        named: undefined,
      });
    }
    expect(await ops('access', 'log', '--denied')).toBe('');
  });
});
