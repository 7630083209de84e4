import { Command } from 'commander';
import { listRunsCommand } from './listRuns.ts';
import { redriveRunsCommand } from './redriveRuns.ts';
import { showRunCommand } from './showRun.ts';

/** `runs` */
export function runsCommand(): Command {
  return new Command('runs')
    .description('Finds, explains and redrives runs.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(listRunsCommand())
    .addCommand(showRunCommand())
    .addCommand(redriveRunsCommand());
}
