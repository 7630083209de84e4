import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { connectProgram } from '../../../cli/connect/connectProgram.ts';
import { opsProgram } from '../../../cli/ops/opsProgram.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';

const programs: Readonly<Record<string, Command>> = { ops: opsProgram(), connect: connectProgram() };

/** What is wrong with the arguments of a command line; `undefined` if it can be run. */
function problemOf(program: string, line: string): string | undefined {
  let command = programs[program];
  let areOptions = false;
  for (const word of line.split(/[\s[\]|]+/).filter((part) => part !== '' && !part.startsWith('<'))) {
    areOptions ||= word.startsWith('--') && command?.options.some(({ long }) => long === word) === true;
    const below: Command | undefined = command?.commands.find((one) => one.name() === word);
    if (below === undefined && !areOptions && (command?.commands.length ?? 0) > 0) {
      return `${program} has no command "${line.trim()}"`;
    }
    if (word.startsWith('--') && !command?.options.some(({ long }) => long === word)) {
      return `"${program} ${line.trim()}" has no option ${word}`;
    }
    command = below ?? command;
  }
  return undefined;
}

/** Each `npm run ops -- …` or `npm run connect -- …` of a page: up to the end of its code, or to a comment. */
function commandLines(page: string): readonly (readonly [string, string])[] {
  const lines = page.matchAll(/npm run (ops|connect) -- ([^`#\n]+)/g);
  return [...lines].map(([, program = '', line = '']) => [program, line]);
}

const pages = readdirSync(join(projectRoot, 'docs')).filter((name) => name.endsWith('.md'));

describe('commands in the docs', () => {
  it.each(pages)('exist, with their options: docs/%s', (name) => {
    const page = readFileSync(join(projectRoot, 'docs', name), 'utf8');
    const problems = commandLines(page).map(([program, line]) => problemOf(program, line));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('are found and judged: a wrong command and a wrong option are reported', () => {
    const page = 'Run `npm run ops -- runs vanish` or `npm run ops -- runs list --nowhere x`.';
    expect(commandLines(page).map(([program, line]) => problemOf(program, line))).toEqual([
      'ops has no command "runs vanish"',
      '"ops runs list --nowhere x" has no option --nowhere',
    ]);
  });
});
