import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { CheckError } from './checkError.ts';
import { runCommand } from './runCommand.ts';

const readySchema = z.object({ segment: z.string() });
const runSchema = z.object({ trigger: z.string(), state: z.string() });

/** How long a run may take. It only ends what hangs. */
const mostWaitMs = 120_000;

/**
 * Starts `mavera-triggers dev` in an app, posts a signed event, and waits until its run is done.
 *
 * @param command the package's command, absolute
 * @throws CheckError if the event is not queued, or its run not done
 */
export async function endToEnd(app: string, command: string): Promise<void> {
  const dev = spawn(command, ['dev'], {
    cwd: app,
    env: { ...process.env, PORT: '0', INIT_CWD: app },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(dev, 'close');
  const progress = text(dev.stderr);
  try {
    const url = await readyUrl(dev.stdout);
    if (url === undefined) {
      throw new CheckError(`mavera-triggers dev ended before it was ready:\n${await progress}`);
    }
    const env = { SEGMENT_URL: url };
    const { stdout: answer } = await runCommand(process.execPath, ['sendEvent.mjs'], { cwd: app, env });
    if (!answer.startsWith('200 ') || !answer.includes('"queued":1')) {
      throw new CheckError(`the receiver answers "${answer.trim()}" to a signed event that a trigger wants`);
    }
    await waitForRun(app, command);
  } finally {
    dev.kill('SIGINT');
    await closed;
  }
}

/** The URL in the line `ready {…}`; `undefined` if the output ends without it. */
async function readyUrl(output: NodeJS.ReadableStream): Promise<string | undefined> {
  for await (const line of createInterface({ input: output })) {
    if (line.startsWith('ready ')) {
      return readySchema.parse(JSON.parse(line.slice('ready '.length))).segment;
    }
  }
  return undefined;
}

async function waitForRun(app: string, command: string): Promise<void> {
  const endsAtMs = Date.now() + mostWaitMs;
  let seen = '';
  while (Date.now() < endsAtMs) {
    const { stdout } = await runCommand(command, ['ops', 'runs', 'list', '--local', '--json'], { cwd: app });
    seen = stdout.trim();
    const runs =
      seen === '' ? [] : seen.split('\n').map((line) => runSchema.safeParse(JSON.parse(line)).data);
    if (runs.some((run) => run?.trigger === 'trial-started' && run.state === 'done')) {
      return;
    }
    await sleep(500);
  }
  throw new CheckError(`the run of the event is not done after ${mostWaitMs / 1000} s: ${seen}`);
}
