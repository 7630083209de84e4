import { Command } from 'commander';
import { checkCommand } from './checkCommand.ts';
import { rotateCommand } from './rotateCommand.ts';
import { segmentCommand } from './segmentCommand.ts';
import { testCommand } from './testCommand.ts';

/** `npm run connect`, with all of its commands. */
export function connectProgram(): Command {
  return new Command('connect')
    .description("Connects a Segment source to a running system, through Segment's Public API.")
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(segmentCommand())
    .addCommand(checkCommand())
    .addCommand(testCommand())
    .addCommand(rotateCommand());
}
