import { Command } from 'commander';
import { accessCommand } from './access/accessCommand.ts';
import { budgetCommand } from './budgets/budgetCommand.ts';
import { deadLettersCommand } from './deadLetters/deadLettersCommand.ts';
import { forgetCommand } from './forget/forgetCommand.ts';
import { pauseCommand } from './pausing/pause.ts';
import { resumeCommand } from './pausing/resume.ts';
import { pullsCommand } from './pulls/pullsCommand.ts';
import { runsCommand } from './runs/runsCommand.ts';
import { statusCommand } from './status/statusCommand.ts';
import { tailCommand } from './tail.ts';
import { unparkCommand } from './unpark/unparkCommand.ts';

/** `npm run ops`, with all of its commands. */
export function opsProgram(): Command {
  return new Command('ops')
    .description('Shows and steers a running system: a stack in AWS, or the local system with --local.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(statusCommand())
    .addCommand(runsCommand())
    .addCommand(pullsCommand())
    .addCommand(deadLettersCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(unparkCommand())
    .addCommand(budgetCommand())
    .addCommand(accessCommand())
    .addCommand(forgetCommand())
    .addCommand(tailCommand());
}
