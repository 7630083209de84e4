import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeApp } from '../../cli/init/makeApp.ts';
import { newTriggers } from '../../cli/init/newTrigger.ts';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import { temporaryDirectory } from '../infra/temporaryDirectory.ts';

interface Started {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm start` comes to in the folder of an app. */
async function startApp(cwd: string): Promise<Started> {
  const { PATH = '', NODE_COMPILE_CACHE = '', TMPDIR = '/tmp' } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, TMPDIR };
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(projectRoot, 'local/start.ts')],
      { cwd, env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

it('shows an app of init at work: for each source, two runs, one that the cooldown skips, and one event that nothing wants', async () => {
  const folder = temporaryDirectory();
  const triggers = newTriggers(
    [
      { source: 'segment', name: 'churn_signal' },
      { source: 'sendgrid', name: 'Email Link Clicked' },
      { source: 'segops', name: 'all' },
    ],
    { action: 'askMave', cooldown: '24h', budget: 1_000 },
  );
  makeApp(folder, { kind: 'events', triggers }, false);
  const { code, stdout, stderr } = await startApp(folder);
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining('What came in\n')]);
  for (const { name } of triggers) {
    expect(stdout).toMatch(new RegExp(`^ +3 {2}events/${name}\\.ndjson {2}.* → ${name}$`, 'm'));
    expect(stdout).toMatch(
      new RegExp(`^ +1 {2}events/${name}\\.ndjson {2}.* \\(no trigger wants it\\)$`, 'm'),
    );
    expect(stdout).toMatch(new RegExp(`^${name}: 2 runs, \\d+ credits; 1 skipped \\(cooldown\\)$`, 'm'));
  }
  expect(stdout.match(/^ +1 {2}sent again, .*: no second run$/gm)).toHaveLength(3);
  expect(stdout.match(/^ +1 {2}with a signature that is not of .*: refused$/gm)).toHaveLength(3);
  expect(stdout).toMatch(/As expected: every event was accounted for, and each run was done once\.\n$/);
});
