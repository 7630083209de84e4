import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPuller } from '../../functions/pull/createPuller.ts';
import type { GateAnswer } from '../../functions/pull/pullDependencies.ts';
import { audiencePreview } from '../../functions/pulls/profiles/profileIds.ts';
import { segmentProfiles } from '../../functions/pulls/segmentProfiles.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import { secretOf } from './runnerWorld.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const space = 'spa_1';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

describe('the operations of a system with limits of their own', () => {
  it('wait each for its own: five previews a minute delay no other call', async () => {
    const { gate } = createPuller({
      settings: { runDeadlineMs: 1, pullDeadlineMs: 1, stepMs: 1 },
      triggers: [
        {
          name: 'previews',
          from: segmentProfiles({ space, of: audiencePreview('aud_1'), traits: ['ltv'] }),
          every: '7d',
          run: askMave(() => ({ message: 'Why?' })),
        },
      ],
      clients: world.clients,
      tableName: world.table,
      queueUrls: { pulls: 'none', bulk: 'none' },
      resultsTopicArn: 'none',
      // Nobody listens there: the slots are taken all the same.
      systems: {
        segment: { baseUrl: 'http://127.0.0.1:1', secret: secretOf(async () => ({ token: ['key'] })) },
      },
      openFile: () => Promise.reject(new Error('no file')),
      report: () => undefined,
      onCall: () => undefined,
      onTrouble: () => undefined,
      now: () => nowMs,
    });
    const agent = 'pull/previews';
    const preview = (): Promise<GateAnswer> =>
      gate.call({ agent, operation: 'previewAudience', request: { path: { space }, body: {} } });
    const read = (): Promise<GateAnswer> =>
      gate.call({ agent, operation: 'readAudience', request: { path: { space, audience: 'aud_1' } } });
    expect((await preview()).kind).not.toBe('busy');
    const second = await preview();
    expect(second.kind).toBe('busy');
    // Five a minute are one each 12 s, and a little less is used.
    expect(second.kind === 'busy' && second.untilMs - nowMs).toBeGreaterThan(5_000);
    expect((await read()).kind).not.toBe('busy');
    expect((await read()).kind).not.toBe('busy');
  });
});
