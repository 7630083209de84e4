import { Command } from 'commander';
import { listPullsCommand } from './listPulls.ts';
import { showPullCommand } from './showPull.ts';
import { startPullCommand } from './startPull.ts';
import { stopPullCommand } from './stopPull.ts';

/** `pulls` */
export function pullsCommand(): Command {
  return new Command('pulls')
    .description('Lists, shows, starts and stops pulls.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(listPullsCommand())
    .addCommand(showPullCommand())
    .addCommand(startPullCommand())
    .addCommand(stopPullCommand());
}
