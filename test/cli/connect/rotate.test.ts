import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  finish,
  noteSwitched,
  type RotateOptions,
  rotate,
  rotatedNow,
} from '../../../cli/connect/rotate/rotate.ts';
import type { ConnectTarget } from '../../../cli/connect/target/connectTarget.ts';
import { parseSegmentCredentials } from '../../../functions/sources/segment/credentials.ts';
import { startWorld, type World } from '../../integration/world.ts';

const startMs = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;

let world: World;
let secretId = '';
let nowMs = startMs;
let given: string[] = [];
let secrets = 0;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  secrets += 1;
  nowMs = startMs;
  given = [];
  const SecretString = JSON.stringify({ sharedSecret: 'old', bearerToken: 'token', note: 'kept' });
  const { Name = '' } = await world.clients.secretsmanager.send(
    new CreateSecretCommand({ Name: `segment-${secrets}`, SecretString }),
  );
  secretId = Name;
});

function target(): ConnectTarget {
  return {
    title: 'test',
    flags: '',
    segmentUrl: 'http://127.0.0.1:1/segment',
    segmentSecretId: secretId,
    tableName: world.table,
    dynamodb: world.clients.dynamodb,
    secretsmanager: world.clients.secretsmanager,
    destinationName: 'mavera-triggers',
    explain: () => undefined,
    close: () => undefined,
  };
}

async function members(): Promise<Record<string, unknown>> {
  const { SecretString = '' } = await world.clients.secretsmanager.send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  return JSON.parse(SecretString) as Record<string, unknown>;
}

function terms(changes: Partial<RotateOptions> = {}): RotateOptions {
  return {
    what: 'sharedSecret',
    atSegment: async (value) => void given.push(value),
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    say: () => undefined,
    ...changes,
  };
}

describe('a rotation', () => {
  it('has both values valid before Segment gets the new one, and for four hours after', async () => {
    let atSwitch: Record<string, unknown> = {};
    const atSegment = async (value: string): Promise<void> => {
      given.push(value);
      atSwitch = await members();
    };
    expect(await rotate(target(), terms({ atSegment }))).toBe('switched');
    const [value] = given;
    expect(value).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(nowMs - startMs).toBe(75_000);
    expect(atSwitch).toMatchObject({ sharedSecret: [value, 'old'], bearerToken: 'token', note: 'kept' });

    await expect(finish(target(), nowMs + 4 * hourMs, undefined)).rejects.toThrow(
      'finish after 2026-11-21 16:16 UTC',
    );
    expect(await finish(target(), nowMs + 4 * hourMs + 15 * 60_000, undefined)).toBe('sharedSecret');
    expect(await members()).toEqual({ sharedSecret: value, bearerToken: 'token', note: 'kept' });
  });

  it('is written so that receivers can read it', async () => {
    await rotate(target(), terms());
    expect(parseSegmentCredentials(await members())).toEqual({
      sharedSecret: [given[0], 'old'],
      bearerToken: ['token'],
    });
  });

  it('continues after an interruption, with the same value', async () => {
    const broken = terms({ atSegment: () => Promise.reject(new Error('Segment is down')) });
    await expect(rotate(target(), broken)).rejects.toThrow('Segment is down');
    const before = await members();
    expect(await rotate(target(), terms())).toBe('switched');
    expect((await members()).sharedSecret).toEqual(before.sharedSecret);
    expect(given).toEqual([(before.sharedSecret as string[])[0]]);
    expect(await rotate(target(), terms())).toBe('nothing to do');
    expect(given).toHaveLength(1);
  });

  it('waits for the receivers again if that wait was interrupted', async () => {
    const broken = terms({ sleep: () => Promise.reject(new Error('interrupted')) });
    await expect(rotate(target(), broken)).rejects.toThrow('interrupted');
    nowMs += 5_000;
    await rotate(target(), terms());
    expect(nowMs - startMs).toBe(75_000);
  });

  it('can be made by hand', async () => {
    expect(await rotate(target(), terms({ atSegment: undefined }))).toBe('by hand');
    await expect(finish(target(), nowMs, undefined)).rejects.toThrow('has not been given the new value yet');
    await expect(noteSwitched(target(), nowMs - 1)).rejects.toThrow(
      'Receivers may not know the new value before 2026-11-21 12:01 UTC',
    );
    await noteSwitched(target(), nowMs);
    await noteSwitched(target(), nowMs + hourMs);
    expect(await members()).toMatchObject({ rotation: { switchedAt: '2026-11-21T13:01:15.000Z' } });
    expect(await finish(target(), nowMs + 6 * hourMs, undefined)).toBe('sharedSecret');
  });

  it('is not finished while something at Segment has the old value', async () => {
    await rotate(target(), terms());
    const later = nowMs + 5 * hourMs;
    const asked: unknown[] = [];
    const findOld = async (what: string, value: string): Promise<readonly string[]> => {
      asked.push([what, value]);
      return ['another'];
    };
    await expect(finish(target(), later, findOld)).rejects.toThrow(
      'destination another still has another sharedSecret',
    );
    expect(asked).toEqual([['sharedSecret', given[0]]]);
    expect((await members()).sharedSecret).toEqual([given[0], 'old']);
    expect(await finish(target(), later, async () => [])).toBe('sharedSecret');
  });

  it('gives the new value to what got the old one since, and keeps the old one for four more hours', async () => {
    await rotate(target(), terms());
    nowMs += 5 * hourMs;
    const stillOld = async (): Promise<readonly string[]> => (given.length > 1 ? [] : ['another']);
    expect(await rotate(target(), terms({ stillOld }))).toBe('switched');
    expect(given).toEqual([given[0], given[0]]);
    await expect(finish(target(), nowMs, async () => [])).rejects.toThrow('finish after');
    expect(await finish(target(), nowMs + 5 * hourMs, async () => [])).toBe('sharedSecret');
  });

  it('does not end while Segment still shows another value', async () => {
    await expect(rotate(target(), terms({ stillOld: async () => ['another'] }))).rejects.toThrow(
      'still shows another sharedSecret for another: run rotate again',
    );
    await expect(finish(target(), nowMs + 5 * hourMs, undefined)).rejects.toThrow('has not been given');
  });

  it('gives nothing to Segment and removes nothing after somebody has changed the new value', async () => {
    await rotate(target(), terms());
    const SecretString = JSON.stringify({ ...(await members()), sharedSecret: ['theirs', 'old'] });
    await world.clients.secretsmanager.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
    const changed = 'The first sharedSecret in the secret is not the one that is being rotated';
    await expect(rotate(target(), terms())).rejects.toThrow(changed);
    await expect(noteSwitched(target(), nowMs)).rejects.toThrow(changed);
    await expect(finish(target(), nowMs + 5 * hourMs, async () => [])).rejects.toThrow(changed);
    expect(given).toHaveLength(1);
  });

  it('says which rotation is under way', async () => {
    expect(await rotatedNow(target())).toBeUndefined();
    await rotate(target(), terms({ what: 'bearerToken' }));
    expect(await rotatedNow(target())).toBe('bearerToken');
  });

  it('keeps what was changed in the secret meanwhile', async () => {
    const atSegment = async (): Promise<void> => {
      const SecretString = JSON.stringify({ ...(await members()), note: 'changed' });
      await world.clients.secretsmanager.send(
        new PutSecretValueCommand({ SecretId: secretId, SecretString }),
      );
    };
    await rotate(target(), terms({ atSegment }));
    expect(await members()).toMatchObject({ note: 'changed', rotation: { switchedAt: expect.any(String) } });
  });

  it('rotates one value at a time', async () => {
    await rotate(target(), terms());
    await expect(rotate(target(), terms({ what: 'bearerToken' }))).rejects.toThrow(
      'A rotation of sharedSecret is under way',
    );
  });

  it('works the same way for the bearer token', async () => {
    await rotate(target(), terms({ what: 'bearerToken' }));
    expect(await members()).toMatchObject({ sharedSecret: 'old', bearerToken: [given[0], 'token'] });
  });

  it('cannot be finished before it was started', async () => {
    await expect(finish(target(), nowMs, undefined)).rejects.toThrow('No rotation is under way');
    await expect(noteSwitched(target(), nowMs)).rejects.toThrow('No rotation is under way');
  });
});
