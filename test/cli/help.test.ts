import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { connectProgram } from '../../cli/connect/connectProgram.ts';
import { opsProgram } from '../../cli/ops/opsProgram.ts';

/** All commands of a program that have none below them, by what is typed to run them. */
function commandsOf(program: Command): readonly (readonly [words: string, command: Command])[] {
  return program.commands.flatMap((command) => {
    const below = commandsOf(command);
    return below.length === 0
      ? [[command.name(), command] as const]
      : below.map(([words, one]) => [`${command.name()} ${words}`, one] as const);
  });
}

/** What `--help` prints. */
function helpOf(command: Command): string {
  let text = '';
  command
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
    })
    .outputHelp();
  return text;
}

describe('npm run ops', () => {
  it.each(commandsOf(opsProgram()))(
    'the help of `npm run ops -- %s` shows an example, and the option --json',
    (words, command) => {
      const help = helpOf(command);
      expect(help).toContain(`npm run ops -- ${words}`);
      expect(help).toMatch(/--json +one JSON/);
    },
  );
});

describe('npm run connect', () => {
  it.each(commandsOf(connectProgram()))(
    'the help of `npm run connect -- %s` shows an example',
    (words, command) => {
      expect(helpOf(command)).toContain(`npm run connect -- ${words}`);
    },
  );
});
