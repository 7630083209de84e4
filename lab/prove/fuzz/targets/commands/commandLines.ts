import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as z from 'zod';
import { projectRoot } from '../../../../../infra/bundling/projectRoot.ts';
import { readDevSettings } from '../../../../../local/dev/devSettings.ts';
import { LocalSystemError } from '../../../../../local/localSystemError.ts';
import { mustNotTell, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold, type OpenTarget } from '../../fuzzTarget.ts';
import { anyArguments } from './commandWords.ts';
import { anyEnvironment } from './devEnvironment.ts';

const programs = [
  'cli/ops.ts',
  'cli/connect.ts',
  'cli/triggers.ts',
  'lab/bench/bench.ts',
  'local/dev.ts',
] as const;

const schema = z.strictObject({
  program: z.enum(programs),
  argv: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
});

type LineInput = z.infer<typeof schema>;

/** A command that has not ended by then hangs, also on a busy machine. */
const patienceMs = 300_000;
const mostLines = 20;

/** Nothing listens at the address of AWS, so no command gets further. */
const nowhere = 'http://127.0.0.1:9';
const baseEnvironment = {
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: secretCanary,
  AWS_SESSION_TOKEN: secretCanary,
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: nowhere,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_MAX_ATTEMPTS: '1',
  SEGMENT_PUBLIC_API_TOKEN: secretCanary,
  MAVERA_API_KEY: secretCanary,
} as const;

/** The files in the folder in which the commands run. */
const files: Readonly<Record<string, string>> = {
  'throws.ts': `throw Object.assign(Object.create(null), { secret: process.env.MAVERA_API_KEY });`,
  'broken.ts': 'export default defineTriggers([',
  'plain.ts': 'export default [{ name: 5 }, null, Symbol("x")];',
  'odd.ts':
    'const build = () => { throw { toString: 1 }; };\n' +
    `export default [{ name: 'a', when: 'type = "track"', run: { kind: 'askMave', build } }];`,
  'nested.ndjson': `{"type":"track","properties":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  'events.ndjson': '{"type":"track"}\n[null,5,{"type":"odd"}]\n\n{"type":',
};

/** Whole commands, each in its own process. */
export const commandLines: FuzzTarget<LineInput> = {
  name: 'command-lines',
  share: 16,
  mostInputs: { full: 60, short: 6 },
  schema,
  inputs: fc.constantFrom(...programs).chain((program) =>
    fc.record({
      program: fc.constant(program),
      argv: anyArguments(nameOf(program)),
      environment: anyEnvironment,
    }),
  ),
  open: openCommandLines,
};

async function openCommandLines(): Promise<OpenTarget<LineInput>> {
  const directory = mkdtempSync(join(tmpdir(), 'mavera-fuzz-commands-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(directory, name), content);
  }
  return {
    check: async (input) => {
      if (!endsByItself(input)) {
        return 'not run';
      }
      const { exitCode, output, errors } = await run(input, directory);
      mustHold(
        exitCode === 0 || exitCode === 1 || exitCode === 2,
        `it ended with ${exitCode}: ${errors.slice(0, 500)}`,
      );
      mustNotTell('its output', output);
      mustNotTell('its errors', errors);
      mustHold(!/^ +at .*:\d+:\d+\)?$/m.test(errors), `it showed a stack: ${errors.slice(0, 800)}`);
      mustHold(exitCode === 0 || errors.trim() !== '', `it ended with ${exitCode} and printed nothing`);
      const lines = errors.startsWith('Usage:') ? 0 : errors.trim().split('\n').length;
      mustHold(
        exitCode === 0 || lines <= mostLines,
        `it explained itself in ${lines} lines: ${errors.slice(0, 800)}`,
      );
      return `${nameOf(input.program)} ${exitCode}`;
    },
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The bench takes minutes, and `dev` runs until it is stopped: only arguments that they refuse are tried. */
function endsByItself({ program, argv, environment }: LineInput): boolean {
  if (program === 'lab/bench/bench.ts') {
    return argv.some((word) => word !== '--json' && word !== '--');
  }
  if (program !== 'local/dev.ts') {
    return true;
  }
  try {
    readDevSettings({ ...baseEnvironment, ...environment });
    return false;
  } catch (error) {
    return error instanceof LocalSystemError;
  }
}

function nameOf(program: string): string {
  return program.replace(/^.*\/|\.ts$/g, '');
}

interface Ended {
  readonly exitCode: number | string;
  readonly output: string;
  readonly errors: string;
}

async function run({ program, argv, environment }: LineInput, cwd: string): Promise<Ended> {
  const given = Object.entries(environment).filter(
    ([name, value]) => /^[A-Z_]+$/.test(name) && !value.includes('\0'),
  );
  const env = { PATH: process.env.PATH, HOME: cwd, ...baseEnvironment, ...Object.fromEntries(given) };
  return await new Promise((done) => {
    const options = { cwd, env, timeout: patienceMs, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [join(projectRoot, program), ...argv], options, (error, output, errors) => {
      done({ exitCode: error === null ? 0 : (error.code ?? error.signal ?? 'nothing'), output, errors });
    });
  });
}
