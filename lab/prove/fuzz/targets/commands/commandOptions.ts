import { Command, CommanderError } from 'commander';
import * as fc from 'fast-check';
import * as z from 'zod';
import { connectProgram } from '../../../../../cli/connect/connectProgram.ts';
import { opsProgram } from '../../../../../cli/ops/opsProgram.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';
import { anyArguments } from './commandWords.ts';

const programs: Readonly<Record<string, () => readonly Command[]>> = {
  ops: () => opsProgram().commands,
  connect: () => connectProgram().commands,
};

const schema = z.strictObject({ program: z.enum(['ops', 'connect']), argv: z.array(z.string()) });

type CommandInput = z.infer<typeof schema>;

/** The arguments of the commands that call AWS and Segment; here they call nothing. */
export const commandOptions: FuzzTarget<CommandInput> = {
  name: 'command-options',
  share: 4,
  schema,
  inputs: fc
    .constantFrom('ops' as const, 'connect' as const)
    .chain((program) => fc.record({ program: fc.constant(program), argv: anyArguments(program) })),
  open: async () => ({ check, close: async () => undefined }),
};

async function check({ program, argv }: CommandInput): Promise<string> {
  let told = '';
  const command = new Command(program);
  for (const one of programs[program]?.() ?? []) {
    command.addCommand(one);
  }
  muzzle(command, (text) => {
    told += text;
  });
  try {
    await command.parseAsync(argv, { from: 'user' });
    return 'taken';
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    mustHold(error.exitCode === 0 || error.exitCode === 1, `it would end with exit code ${error.exitCode}`);
    mustHold(error.exitCode === 0 || told !== '', 'it would end and print nothing');
    return error.exitCode === 0 ? 'helped' : 'refused';
  }
}

/** Makes a command neither end the process, nor write, nor do anything. */
function muzzle(command: Command, hear: (text: string) => void): void {
  command.exitOverride().configureOutput({ writeOut: hear, writeErr: hear });
  if (command.commands.length === 0) {
    command.action(() => undefined);
  }
  for (const inner of command.commands) {
    muzzle(inner, hear);
  }
}
