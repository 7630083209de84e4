import { expect, it } from 'vitest';
import { FileGoneError } from '../../../functions/pull/rows/fileErrors.ts';
import { sendgridContacts } from '../../../functions/pulls/sendgridContacts.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { type Answerer, PullWorld, startMs } from './pullWorld.ts';

const contacts: Trigger = {
  name: 'contacts',
  from: sendgridContacts({ all: true, groupBy: 'country', fields: [] }),
  every: '7d',
  run: askMave(() => ({ message: 'Why?' })),
};
const urlLivesMs = 60_000;

interface Account {
  readonly answer: Answerer;
  /** Exports that were started. */
  readonly started: () => number;
  /** Whether a URL can still be read. */
  readonly isAlive: (url: string, nowMs: number) => boolean;
}

/** An account of SendGrid whose exports take 20 s. The answer to the first one that is started may be lost. */
function accountOf({ isLost = false } = {}): Account {
  const exports: { id: string; startedAtMs: number }[] = [];
  const exported = ({ id, startedAtMs }: { id: string; startedAtMs: number }, nowMs: number): object => ({
    id,
    status: nowMs - startedAtMs < 20_000 ? 'pending' : 'ready',
    created_at: new Date(startedAtMs).toISOString(),
    // Each reading of an export gives new URLs.
    urls:
      nowMs - startedAtMs < 20_000 ? [] : [`https://exports.example.com/${id}?until=${nowMs + urlLivesMs}`],
  });
  const answer: Answerer = ({ operation, request }, nowMs) => {
    switch (operation) {
      case 'listContactExports':
        return { kind: 'answered', json: { result: exports.map((one) => exported(one, nowMs)) } };
      case 'startContactExport':
        exports.push({ id: `export-${exports.length + 1}`, startedAtMs: nowMs });
        return isLost && exports.length === 1
          ? { kind: 'lost', detail: 'No answer came' }
          : { kind: 'answered', json: { id: `export-${exports.length}` } };
      default: {
        const found = exports.find(({ id }) => id === request.path?.id);
        return found === undefined
          ? { kind: 'refused', error: { status: 404, code: 'not_found' } }
          : { kind: 'answered', json: exported(found, nowMs) };
      }
    }
  };
  return {
    answer,
    started: () => exports.length,
    isAlive: (url, nowMs) => nowMs < Number(new URL(url).searchParams.get('until')),
  };
}

function worldOf(account: Account): PullWorld {
  const world = new PullWorld([contacts]);
  world.answer = account.answer;
  world.readRows = async ({ from }, fold) => {
    if ([from].flat().some((url) => !account.isAlive(url, world.nowMs))) {
      throw new FileGoneError('The file cannot be downloaded: it was answered 403');
    }
    let gathered = fold.start();
    for (let index = 0; index < 30; index += 1) {
      gathered = fold.row(gathered, { COUNTRY: ['DE', 'US', 'BR'][index % 3] });
    }
    return { value: fold.end(gathered), rows: 30 };
  };
  return world;
}

it('one export is started, and each group has one run, at whichever call to AWS the puller crashes', async () => {
  const smoothAccount = accountOf();
  const smooth = worldOf(smoothAccount);
  await smooth.pull('contacts', 'first');
  expect(smooth.runIds.size).toBe(3);
  for (let atCall = 1; atCall <= smooth.awsCalls; atCall += 1) {
    for (const when of ['before', 'after'] as const) {
      const account = accountOf();
      const world = worldOf(account);
      world.crash = { atCall, when };
      const { last } = await world.pull('contacts', 'first');
      expect({ atCall, when, exports: account.started(), ids: world.runIds, status: last?.status }).toEqual({
        atCall,
        when,
        exports: 1,
        ids: smooth.runIds,
        status: 'done',
      });
    }
  }
});

it('an export whose answer is lost is found, and not started again', async () => {
  const account = accountOf({ isLost: true });
  const world = worldOf(account);
  expect((await world.pull('contacts', 'first')).last?.status).toBe('done');
  expect(account.started()).toBe(1);
  expect(world.nowMs - startMs).toBeGreaterThanOrEqual(20_000);
});

it('a URL that has expired is replaced by the one of the next reading', async () => {
  const account = accountOf();
  const world = worldOf(account);
  const read = world.readRows;
  let reads = 0;
  world.readRows = async (...args) => {
    reads += 1;
    world.nowMs += reads === 1 ? urlLivesMs : 0;
    return await read(...args);
  };
  expect((await world.pull('contacts', 'first')).last?.status).toBe('done');
  expect(reads).toBe(2);
  expect(account.started()).toBe(1);
});

it('another export takes the place of one whose file cannot be had any more', async () => {
  const account = accountOf();
  const world = worldOf(account);
  const read = world.readRows;
  world.readRows = async (file, ...args) => {
    if ([file.from].flat().some((url) => url.includes('export-1'))) {
      throw new FileGoneError('The file cannot be downloaded: it was answered 403');
    }
    return await read(file, ...args);
  };
  expect((await world.pull('contacts', 'first')).last?.status).toBe('done');
  expect(account.started()).toBe(2);
  expect(world.runIds.size).toBe(3);
});
