import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findDynoxide, startDynoxide } from '../../local/aws/dynoxide.ts';
import { startAwsServers } from '../../local/aws/servers.ts';

describe('the DynamoDB emulator', () => {
  it('is the one on the PATH if no package has one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'bin-'));
    const binary = join(directory, 'dynoxide');
    await writeFile(binary, '#!/bin/sh\nexit 1\n');
    expect(() => findDynoxide(directory, [])).toThrow('no DynamoDB emulator');
    await chmod(binary, 0o755);
    expect(findDynoxide(`/nowhere:${directory}`, [])).toBe(binary);
    await expect(startDynoxide(binary)).rejects.toThrow('does not start');
    await rm(directory, { recursive: true });
  });

  it('that is missing is reported in one line with how to get it', () => {
    expect(() => findDynoxide('/nowhere', [])).toThrow(
      'no DynamoDB emulator for this machine: npm installs @dynoxide/linux-x64 on Linux x64 only. Elsewhere put ' +
        '`dynoxide` on the PATH, ' +
        'or set AWS_ENDPOINT_URL_DYNAMODB to a running DynamoDB Local',
    );
  });
});

describe('the embedded servers', () => {
  it('end when the process that started them is killed with its whole group', async () => {
    const script = fileURLToPath(new URL('fixtures/startServers.ts', import.meta.url));
    const parent = spawn(process.execPath, [script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const { dynamodb, sqs } = JSON.parse(line.toString()) as Record<string, string>;
    const urls = [dynamodb ?? '', sqs ?? ''];
    expect(await Promise.all(urls.map(isListening))).toEqual([true, true]);
    process.kill(-(parent.pid ?? Number.NaN), 'SIGKILL');
    for (const url of urls) {
      await expect.poll(() => isListening(url)).toBe(false);
    }
  });

  it('end when they are stopped, and report it', async () => {
    const servers = await startAwsServers({}, '');
    await servers.stop();
    await servers.ended;
    expect(await isListening(servers.endpoints.dynamodb)).toBe(false);
  });
});

async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}
