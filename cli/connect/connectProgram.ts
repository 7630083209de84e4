import { Command } from 'commander';
import { checkCommand } from './checkCommand.ts';
import { maveraCommand } from './mavera/maveraCommand.ts';
import { rotateCommand } from './rotateCommand.ts';
import { segmentCommand } from './segmentCommand.ts';
import { segopsCommand } from './segops/segOpsCommand.ts';
import { sendgridCommand } from './sendgrid/sendGridCommand.ts';
import { testCommand } from './testCommand.ts';

/** `npm run connect`, with all of its commands. */
export function connectProgram(): Command {
  return (
    new Command('connect')
      .description(
        'Connects what posts events to a running system: a Segment source, SendGrid, SegOps. And probes Mavera.',
      )
      // So that `sendgrid check` reads its options itself, though `sendgrid` has options of the same names.
      .enablePositionalOptions()
      .showHelpAfterError('(add --help to see how it is used)')
      .addCommand(segmentCommand())
      .addCommand(checkCommand())
      .addCommand(testCommand())
      .addCommand(rotateCommand())
      .addCommand(sendgridCommand())
      .addCommand(segopsCommand())
      .addCommand(maveraCommand())
  );
}
