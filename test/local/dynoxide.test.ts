import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDynoxide, startDynoxide } from '../../local/aws/dynoxide.ts';

describe('the DynamoDB emulator', () => {
  it('is the one on the PATH where no package brings one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bin-'));
    const binary = join(directory, 'dynoxide');
    await writeFile(binary, '#!/bin/sh\nexit 1\n');
    expect(() => findDynoxide(directory, [])).toThrow('no DynamoDB emulator');
    await chmod(binary, 0o755);
    expect(findDynoxide(`/nowhere:${directory}`, [])).toBe(binary);
    await expect(startDynoxide(binary, new AbortController().signal)).rejects.toThrow('does not start');
    await rm(directory, { recursive: true });
  });

  it('is missed in one line that says how to get it', () => {
    expect(() => findDynoxide('/nowhere', [])).toThrow(
      'no DynamoDB emulator for this machine: install on linux-x64 (npm brings one), put `dynoxide` on the PATH, ' +
        'or set AWS_ENDPOINT_URL_DYNAMODB to a running DynamoDB Local',
    );
  });
});
