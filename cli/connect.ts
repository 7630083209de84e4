import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { commandName } from './commandName.ts';
import { ConnectError } from './connect/connectError.ts';
import { connectProgram } from './connect/connectProgram.ts';
import { OperatorError } from './ops/operatorError.ts';
import { runProgram } from './runProgram.ts';

await runProgram(connectProgram().name(commandName('connect')), [
  ConnectError,
  OperatorError,
  TriggersFileError,
]);
