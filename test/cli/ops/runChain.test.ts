import { askMave, createPersona, trigger } from 'mavera-triggers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showRun } from '../../../cli/ops/runs/showRun.ts';
import { followerRunId } from '../../../functions/ledger/keys.ts';
import { type OpsWorld, runIdOf, startOpsWorld, type Written, writtenOutput } from './opsWorld.ts';

const nowMs = Date.now();
const left = trigger(
  { name: 'vip-left', when: 'type = "track"' },
  askMave(() => ({ message: 'Why?' })),
);
const voice = trigger(
  { name: 'vip-voice', after: left },
  createPersona(({ result }) => ({ name: 'VIP', description: result.content })),
);
const report = trigger(
  { name: 'vip-report', after: left },
  askMave(() => ({ message: 'What now?' })),
);
const group = trigger(
  { name: 'vip-group', after: voice },
  askMave(() => ({ message: 'Who?' })),
);
const triggers = [left, voice, report, group];

const first = runIdOf('first');
const redrive = `ended-${nowMs - 50_000}`;
const persona = followerRunId(first, redrive, 'vip-voice');
const earlierPersona = followerRunId(first, undefined, 'vip-voice');
const last = followerRunId(persona, undefined, 'vip-group');
const short = (id: string): string => id.slice(0, 8);

let ops: OpsWorld;

/** Puts a run under its own id. */
async function put(runId: string, attributes: Parameters<OpsWorld['put']>[1]): Promise<void> {
  await ops.put(`run#${runId}`, { receivedAtMs: nowMs - 60_000, updatedAtMs: nowMs, ...attributes });
}

beforeAll(async () => {
  ops = await startOpsWorld();
  await put(first, { trigger: 'vip-left', state: 'done', redrive });
  await put(earlierPersona, {
    trigger: 'vip-voice',
    state: 'failed',
    reason: 'expired',
    afterRun: first,
    afterTrigger: 'vip-left',
  });
  await put(persona, { trigger: 'vip-voice', state: 'done', afterRun: first, afterTrigger: 'vip-left' });
  await put(last, {
    trigger: 'vip-group',
    state: 'waiting',
    reason: 'pace',
    afterRun: persona,
    afterTrigger: 'vip-voice',
  });
  await ops.put(`details#${persona}`, {
    lookups: JSON.stringify({
      profile: { atMs: nowMs - 12_000, value: { traits: { plan: 'pro', note: 'x'.repeat(500) } } },
      membership: { atMs: nowMs - 12_000 },
    }),
  });
});

afterAll(() => ops.stop());

async function show(runId: string, { isJson = false, known = triggers } = {}): Promise<Written> {
  const output = writtenOutput(isJson);
  await showRun(ops.deployment, runId, nowMs, output, known);
  return output;
}

describe('runs show, for runs that follow one another', () => {
  it('shows the chain from the first run on, whichever of its runs is shown, and marks that one', async () => {
    const text = (await show(first)).out();
    expect(text).toContain(
      [
        'Chain',
        `>  ${short(first)}  vip-left         done`,
        `   ${short(earlierPersona)}  -> vip-voice     failed (expired)`,
        `   ${short(persona)}  -> vip-voice     done`,
        `   ${short(last)}     -> vip-group  waiting (pace)`,
        `   ${short(followerRunId(first, redrive, 'vip-report'))}  -> vip-report    not in the ledger: it is still in a queue, or its item has expired`,
      ].join('\n'),
    );
    expect((await show(last)).out()).toContain(
      [
        'Chain',
        `   ${short(first)}  vip-left         done`,
        `   ${short(persona)}  -> vip-voice     done`,
        `>  ${short(last)}     -> vip-group  waiting (pace)`,
      ].join('\n'),
    );
  });

  it('names the run that it follows', async () => {
    expect((await show(persona)).out()).toMatch(new RegExp(`\\nafter +run ${short(first)} of vip-left\\n`));
  });

  it('shows what led to it also without the triggers file', async () => {
    const text = (await show(persona, { known: [] })).out();
    expect(text).toContain(
      `   ${short(first)}  vip-left      done\n>  ${short(persona)}  -> vip-voice  done`,
    );
  });

  it('shows no chain for a run that is alone', async () => {
    expect((await show(first, { known: [] })).out()).not.toContain('Chain');
  });

  it('prints the chain as members of the document with --json', async () => {
    const [document] = (await show(persona, { isJson: true })).values;
    expect(document).toMatchObject({
      after: { runId: first, trigger: 'vip-left' },
      chain: [
        { runId: first, trigger: 'vip-left', depth: 0, state: 'done' },
        { runId: persona, trigger: 'vip-voice', depth: 1, state: 'done' },
        { runId: last, trigger: 'vip-group', depth: 2, state: 'waiting', reason: 'pace' },
      ],
    });
  });
});

describe('runs show, for a run that compares the items of a pull', () => {
  it('says how many of them have changed', async () => {
    const text = async (compared: object): Promise<string> => {
      await ops.put(`details#${last}`, { compared: JSON.stringify(compared) });
      return (await show(last)).out();
    };
    expect(await text({ changed: 3, unchanged: 11, leftOut: 0 })).toMatch(
      /\ncompares +3 changed and 11 unchanged items *\n/,
    );
    expect(await text({ changed: 0, unchanged: 1, leftOut: 40 })).toMatch(
      /\ncompares +0 changed and 1 unchanged item; 40 more did not fit *\n/,
    );
    const [document] = (await show(last, { isJson: true })).values;
    expect(document).toMatchObject({ compared: { changed: 0, unchanged: 1, leftOut: 40 } });
  });
});

describe('runs show, for a run that has looked things up', () => {
  it('shows when each system was asked and what it gave, shortened', async () => {
    const text = (await show(persona)).out();
    expect(text).toMatch(
      /Looked up\nprofile +\S+ \S+ \(12 s ago\) {2}\{"traits":\{"plan":"pro","note":"x+…\n/,
    );
    expect(text).toMatch(/\nmembership +\S+ \S+ \(12 s ago\) {2}nothing: the system does not know it/);
    expect(text).not.toContain('x'.repeat(300));
  });

  it('prints all that was kept with --json', async () => {
    const [document] = (await show(persona, { isJson: true })).values;
    expect(document).toMatchObject({
      source: 'segment',
      lookups: { profile: { value: { traits: { note: 'x'.repeat(500) } } }, membership: {} },
    });
  });
});
