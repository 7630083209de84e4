import { Command } from 'commander';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { budgetCommand } from './ops/budgets/budgetCommand.ts';
import { deadLettersCommand } from './ops/deadLetters/deadLettersCommand.ts';
import { forgetCommand } from './ops/forget/forgetCommand.ts';
import { OperatorError } from './ops/operatorError.ts';
import { pauseCommand } from './ops/pausing/pause.ts';
import { resumeCommand } from './ops/pausing/resume.ts';
import { runsCommand } from './ops/runs/runsCommand.ts';
import { statusCommand } from './ops/status/statusCommand.ts';
import { tailCommand } from './ops/tail.ts';
import { runProgram } from './runProgram.ts';

const program = new Command('ops')
  .description('Shows and steers a running system: a stack in AWS, or the local system with --local.')
  .showHelpAfterError('(add --help to see how it is used)')
  .addCommand(statusCommand())
  .addCommand(runsCommand())
  .addCommand(deadLettersCommand())
  .addCommand(pauseCommand())
  .addCommand(resumeCommand())
  .addCommand(budgetCommand())
  .addCommand(forgetCommand())
  .addCommand(tailCommand());

await runProgram(program, [OperatorError, TriggersFileError]);
