import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LocalState,
  localStateFile,
  readLocalState,
  removeLocalState,
  writeLocalState,
} from '../../local/dev/localState.ts';

const state = (pid: number): LocalState => ({
  version: 2,
  pid,
  endpoints: {
    dynamodb: 'http://127.0.0.1:1',
    sqs: 'http://127.0.0.1:2',
    secretsmanager: 'http://127.0.0.1:3',
  },
  tableName: 'ledger',
  runQueueUrl: 'http://127.0.0.1:2/0/runs',
  deadLetterQueueUrl: 'http://127.0.0.1:2/0/dead-letters',
  segmentUrl: 'http://127.0.0.1:4/segment',
  segmentSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:mavera-triggers/segment-abcdef',
  triggersFile: '/project/triggers.ts',
  workspace: { apiUrl: 'http://127.0.0.1:5', trackingUrl: 'http://127.0.0.1:5/v1' },
});

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'state-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('the state of a local system', () => {
  it('can be read while the system runs', async () => {
    expect(await readLocalState(directory)).toBeUndefined();
    await writeLocalState(directory, state(1));
    expect(await readLocalState(directory)).toEqual(state(1));
    await removeLocalState(directory, 1);
    await expect(stat(localStateFile(directory))).rejects.toThrow('ENOENT');
  });

  it('is that of the last system started in a directory, and another system does not remove it', async () => {
    await writeLocalState(directory, state(1));
    await writeLocalState(directory, state(2));
    await removeLocalState(directory, 1);
    expect(await readLocalState(directory)).toEqual(state(2));
  });

  it('has no workspace if results go to another Tracking API', async () => {
    const { workspace: _none, ...withoutWorkspace } = state(1);
    await writeLocalState(directory, withoutWorkspace);
    expect(await readLocalState(directory)).toEqual(withoutWorkspace);
  });

  it('is ignored when an older version wrote it', async () => {
    await writeLocalState(directory, state(1));
    const file = localStateFile(directory);
    const older = { ...JSON.parse(await readFile(file, 'utf8')), version: 1 };
    await writeFile(file, JSON.stringify(older));
    expect(await readLocalState(directory)).toBeUndefined();
  });
});
