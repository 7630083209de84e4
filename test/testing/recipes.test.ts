import { describe, expect, it } from 'vitest';
import audienceFocusGroups from '../../examples/recipes/audience-focus-groups.ts';
import segopsRecomputed from '../../examples/recipes/segops-recomputed.ts';
import { trial } from '../../testing/index.ts';

function audience(key: string, size: number) {
  const properties = { id: `aud_${key}`, key, name: key, description: '', size, definition: 'x' };
  return { item: `aud_${key}`, event: 'Audience Pulled', properties };
}

describe('recipes in a trial', () => {
  it('audiences become personas, focus groups and one comparison', async () => {
    await using run = await trial(audienceFocusGroups, {
      answers: { 'audience-voices': { results: { summary: 'The price.' } } },
    });
    await run.pull(
      'audience-persona',
      ['high_value', 'at_risk', 'active_trials'].map((key) => audience(key, 10)),
    );
    await run.pass('1h');
    expect(run.requests.map(({ path }) => path).sort()).toEqual([
      '/focus-groups',
      '/focus-groups',
      '/focus-groups',
      '/mave/chat',
      '/personas',
      '/personas',
      '/personas',
    ]);
    expect(run.requests.at(-1)?.body.message).toMatch(/"high_value", asked now: .*The price\./s);
  });

  it('the comparison has the last result of each audience that has not changed', async () => {
    await using run = await trial(audienceFocusGroups);
    const all = ['high_value', 'at_risk', 'active_trials'];
    await run.pull(
      'audience-persona',
      all.map((key) => audience(key, 10)),
    );
    await run.pass('7d');
    const before = run.requests.length;
    await run.pull(
      'audience-persona',
      all.map((key) => audience(key, key === 'at_risk' ? 99 : 10)),
    );
    await run.pass('1d');
    const after = run.requests.slice(before);
    expect(after.map(({ method, path }) => `${method} ${path.split('/')[1]}`)).toEqual([
      'PATCH personas',
      'POST focus-groups',
      'POST mave',
    ]);
    expect(after.at(-1)?.body.message).toMatch(/"at_risk", asked now/);
    expect(after.at(-1)?.body.message).toMatch(/"high_value", asked before/);
  });

  it('a segment of SegOps starts one run, whether it was posted or found by the pull that catches up', async () => {
    const [first] = segopsRecomputed;
    await using run = await trial(segopsRecomputed);
    const posted = {
      event: 'segment.recomputed',
      tenant_slug: 'acme',
      segment_id: 42,
      segment_name: 'Power users',
      member_count: 500,
      computed_at: '2026-01-05T08:59:00Z',
    };
    await run.send(posted, { source: 'segops' });
    const found = { ...posted, event: 'Segment Recomputed' };
    const messageId = run.runs[0]?.event.messageId ?? '';
    await run.pull(first.name, [
      { item: '42', event: 'Segment Recomputed', properties: found, messageId },
      {
        item: '43',
        event: 'Segment Recomputed',
        properties: { ...found, segment_id: 43 },
        messageId: 'acme/43/1',
      },
    ]);
    expect(run.of(first.name)).toHaveLength(2);
    expect(run.of(first.name).map(({ event }) => event.properties.segment_id)).toEqual([42, 43]);
  });
});
