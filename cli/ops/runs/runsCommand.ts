import { Command } from 'commander';
import { decideCommand } from './decideCommand.ts';
import { listRunsCommand } from './listRuns.ts';
import { redriveRunsCommand } from './redriveRuns.ts';
import { showRunCommand } from './showRun.ts';

/** `runs` */
export function runsCommand(): Command {
  return new Command('runs')
    .description('Finds, explains, redrives and decides about runs.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(listRunsCommand())
    .addCommand(showRunCommand())
    .addCommand(redriveRunsCommand())
    .addCommand(decideCommand('approve'))
    .addCommand(decideCommand('deny'))
    .addCommand(decideCommand('cancel'));
}
