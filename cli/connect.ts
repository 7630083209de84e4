import { Command } from 'commander';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { checkCommand } from './connect/checkCommand.ts';
import { ConnectError } from './connect/connectError.ts';
import { rotateCommand } from './connect/rotateCommand.ts';
import { segmentCommand } from './connect/segmentCommand.ts';
import { testCommand } from './connect/testCommand.ts';
import { OperatorError } from './ops/operatorError.ts';
import { runProgram } from './runProgram.ts';

const program = new Command('connect')
  .description("Connects a Segment source to a running system, through Segment's Public API.")
  .showHelpAfterError('(add --help to see how it is used)')
  .addCommand(segmentCommand())
  .addCommand(checkCommand())
  .addCommand(testCommand())
  .addCommand(rotateCommand());

await runProgram(program, [ConnectError, OperatorError, TriggersFileError]);
