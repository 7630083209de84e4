import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { commandName } from './commandName.ts';
import { OperatorError } from './ops/operatorError.ts';
import { opsProgram } from './ops/opsProgram.ts';
import { runProgram } from './runProgram.ts';

await runProgram(opsProgram().name(commandName('ops')), [OperatorError, TriggersFileError]);
