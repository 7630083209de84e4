import { describe, expect, it } from 'vitest';
import { type WaitOptions, waitForPost } from '../../../../cli/connect/segops/waitForPost.ts';
import type { ReceivedPost } from '../../../../cli/connect/target/readPosts.ts';

const startMs = 1_795_000_000_000;
const accepted: ReceivedPost = {
  atMs: startMs + 40_000,
  route: 'default',
  status: 200,
  detail: undefined,
  counts: { received: 1, queued: 1, duplicates: 0, ignored: 0 },
};
const refused = { ...accepted, atMs: startMs + 20_000, status: 401, detail: 'The request is not signed.' };

/** Waits on a clock of its own for posts that come at their times. */
async function wait(
  posts: readonly ReceivedPost[],
  waitMs: number,
): Promise<{
  readonly post: ReceivedPost | undefined;
  readonly told: readonly string[];
  readonly atMs: number;
}> {
  let nowMs = startMs;
  const told: string[] = [];
  const options: WaitOptions = {
    readPosts: async (source, sinceMs) =>
      source === 'segops' ? posts.filter(({ atMs }) => atMs >= sinceMs && atMs <= nowMs) : [],
    waitMs,
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    say: (text) => told.push(text),
  };
  return { post: await waitForPost(options), told, atMs: nowMs };
}

describe('waiting for the first post of SegOps', () => {
  it('ends with the first post that is accepted, and tells how long it waits', async () => {
    const { post, told, atMs } = await wait([accepted], 600_000);
    expect(post).toBe(accepted);
    expect(told).toEqual(['30 s: no post yet']);
    expect(atMs - startMs).toBeLessThan(45_000);
  });

  it('tells of each post that is refused, once, with the reason, and waits on', async () => {
    const { post, told } = await wait([refused, accepted], 600_000);
    expect(post).toBe(accepted);
    expect(told).toEqual([
      'SegOps has posted. The receiver answered 401: The request is not signed.',
      '30 s: no post that was accepted yet',
    ]);
  });

  it('ends without a post after the time', async () => {
    const { post, atMs } = await wait([{ ...accepted, atMs: startMs - 1 }], 60_000);
    expect(post).toBeUndefined();
    expect(atMs - startMs).toBe(60_000);
  });
});
