import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { type Result, runHere, type Surroundings, startCommand } from './runCommand.ts';

const script = join(projectRoot, 'cli/triggers.ts');

function surroundings(): Surroundings {
  return { cwd: projectRoot, env: process.env as Readonly<Record<string, string>> };
}

/** Runs `npm run triggers -- …` in this process. */
export async function triggers(...args: readonly string[]): Promise<Result> {
  return await runHere(script, args, surroundings());
}

/** Runs it in a process of its own. */
export async function triggersProcess(...args: readonly string[]): Promise<Result> {
  return await startCommand(script, args, surroundings());
}

/** A directory for the files of the tests of one test file, and a function that writes a file to it. */
export function filesOfTests(): (name: string, content: string) => Promise<string> {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cli-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  return async (name, content) => {
    const path = join(directory, name);
    await writeFile(path, content);
    return path;
  };
}

/** Triggers of all sources, with lookups, a chain of three, and reports. */
export const chainOfThree = `
import {
  askMave, createPersona, defineTriggers, maveraWorkspace, runFocusGroup, segmentProfile, segopsMembers, trigger,
} from 'mavera-triggers';

const left = trigger(
  {
    name: 'vip-left',
    when: 'type = "track" and event = "churn_signal"',
    with: { profile: segmentProfile({ space: 'spa_1', traits: ['ltv', 'plan'], events: true }) },
    only: ({ profile }) => Number(profile?.traits.ltv) > 1000,
    toSegment: { track: true },
    toSegOps: { track: true },
  },
  askMave(({ profile }) => ({ message: 'Why does a customer on ' + profile?.traits.plan + ' leave?' })),
);
const voice = trigger(
  { name: 'vip-voice', after: left },
  createPersona(({ result }) => ({ name: 'A VIP who left', description: result.content })),
);
const group = trigger(
  { name: 'vip-group', after: voice, with: { workspace: maveraWorkspace() } },
  runFocusGroup(({ result, workspace }) => ({
    workspace_id: workspace.id, name: 'VIPs', persona_ids: [result.personaId],
  })),
);
const grew = trigger(
  {
    name: 'segment-grew',
    source: 'segops',
    when: 'event = "Segment Recomputed"',
    with: { members: segopsMembers({ segment: (event) => Number(event.properties.segment_id), first: 5 }) },
  },
  askMave(({ event, members }) => ({ message: event.properties.segment_name + ' has ' + members?.count })),
);
export default defineTriggers([
  left, voice, group, grew,
  {
    name: 'mail-opened',
    source: 'sendgrid',
    when: 'event = "Email Opened"',
    run: askMave(({ event }) => ({ message: 'Why did ' + (event.userId ?? event.anonymousId) + ' open it?' })),
  },
]);
`;
