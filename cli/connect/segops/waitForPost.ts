import { explainedPost, type ReadPosts, type ReceivedPost } from '../target/readPosts.ts';

/** What to wait for, and how. */
export interface WaitOptions {
  readonly readPosts: ReadPosts;
  readonly waitMs: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called with each thing to tell. */
  readonly say: (text: string) => void;
}

const pollEveryMs = 3_000;
const progressEveryMs = 30_000;

/**
 * Waits until SegOps has posted something that the receiver accepts, and tells of each post that it refuses.
 *
 * @returns the post; `undefined` if none came in time
 */
export async function waitForPost({
  readPosts,
  waitMs,
  now,
  sleep,
  say,
}: WaitOptions): Promise<ReceivedPost | undefined> {
  const startedAtMs = now();
  let [toldAtMs, refused] = [startedAtMs, 0];
  for (;;) {
    const posts = await readPosts('segops', startedAtMs);
    const accepted = posts.find(({ status }) => status === 200);
    if (accepted !== undefined) {
      return accepted;
    }
    for (const post of posts.slice(refused)) {
      say(`SegOps has posted. ${explainedPost(post)}`);
    }
    refused = Math.max(refused, posts.length);
    const elapsedMs = now() - startedAtMs;
    if (elapsedMs >= waitMs) {
      return undefined;
    }
    if (now() - toldAtMs >= progressEveryMs) {
      toldAtMs = now();
      say(
        `${Math.round(elapsedMs / 1000)} s: ${refused === 0 ? 'no post yet' : 'no post that was accepted yet'}`,
      );
    }
    await sleep(pollEveryMs);
  }
}
