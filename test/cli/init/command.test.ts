import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { temporaryDirectory } from '../../infra/temporaryDirectory.ts';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mavera-triggers init` in a folder, where nobody can answer questions. */
function init(cwd: string, ...args: readonly string[]): Ended {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return spawnSync(process.execPath, [join(projectRoot, 'cli/init.ts'), ...args], {
    cwd,
    env: { PATH, NODE_COMPILE_CACHE },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('mavera-triggers init', () => {
  it('takes defaults where nobody can answer, says which, and what to do next', () => {
    const folder = temporaryDirectory();
    const { status, stdout, stderr } = init(folder, '--no-install');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Nobody can answer questions here, so these defaults are taken: churn-signal: ');
    expect(stdout).toContain('a cooldown of 24h, 1,000 credits a month each.\n');
    expect(stdout).toMatch(
      /Next:\n {2}npm install .*\n {2}npm start .*\n {2}npm test .*\n {2}npm run deploy .*\n$/,
    );
    expect(readFileSync(join(folder, 'triggers.ts'), 'utf8')).toContain('event = "churn_signal"');
  });

  it('makes a folder, and begins with what the options name', () => {
    const folder = temporaryDirectory();
    const { stdout } = init(
      folder,
      'our research',
      '--no-install',
      ...['--event', 'trial_started', '--event', 'sendgrid:email opened', '--action', 'createPersona'],
      ...['--cooldown', 'none', '--budget', '600'],
    );
    expect(stdout).toContain('\n  cd "our research"\n');
    const triggers = readFileSync(join(folder, 'our research/triggers.ts'), 'utf8');
    expect(triggers).toContain('event = "trial_started"');
    expect(triggers).toContain('event = "Email Opened"');
    expect(triggers).toContain("budget: { credits: 600, per: 'month' }");
    expect(triggers).not.toContain('cooldown');
    expect(readdirSync(join(folder, 'our research/events'))).toEqual([
      'email-opened.ndjson',
      'trial-started.ndjson',
    ]);
  });

  it('begins with a recipe, and with what the recipe reads', () => {
    const folder = temporaryDirectory();
    expect(init(folder, '--recipe', 'unified-persona', '--no-install').status).toBe(0);
    const recipe = readFileSync(join(projectRoot, 'examples/recipes/unified-persona.ts'), 'utf8');
    expect(readFileSync(join(folder, 'triggers.ts'), 'utf8')).toBe(recipe);
    expect(existsSync(join(folder, 'customers.csv'))).toBe(true);
  });

  it('writes nothing with --dry-run, and asks nothing of a folder that has triggers', () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'triggers.ts'), 'export default [];\n');
    const { status, stdout } = init(folder, '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('would write  app.ts');
    expect(stdout).toContain('triggers.ts is there and stays as it is');
    expect(stdout).not.toContain('Nobody can answer');
    expect(readdirSync(folder)).toEqual(['triggers.ts']);
  });

  it.each([
    [['--source', 'mixpanel'], 'There is no source "mixpanel". Take one of: segment, sendgrid, segops.'],
    [['--event', 'say "hi"'], 'has a double quote in its name'],
    [['--event', 'sendgrid:Email Openned'], 'Did you mean Email Opened?'],
    [['--action', 'askmavis'], 'Did you mean askMave?'],
    [['--cooldown', '1 day'], 'The cooldown "1 day" is not a length of time: write 90m, 24h, 7d or none.'],
    [['--budget', '-5'], 'The budget "-5" is not a number of credits: write 1000, or none.'],
    [['--recipe', 'contact-persona'], 'Did you mean contact-personas?'],
    [
      ['--recipe', 'contact-personas', '--event', 'x'],
      "option '--recipe <name>' cannot be used with option '--event",
    ],
  ])('refuses %j, says why, and writes nothing', (args, message) => {
    const folder = temporaryDirectory();
    const { status, stdout, stderr } = init(folder, ...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });
});
