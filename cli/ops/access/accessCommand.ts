import { Command } from 'commander';
import { accessLogCommand } from './accessLog.ts';

/** `access` */
export function accessCommand(): Command {
  return new Command('access')
    .description('Shows what the system has called outside.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(accessLogCommand());
}
