import { commandName } from './commandName.ts';
import { initErrors, initProgram } from './init/initCommand.ts';
import { runProgram } from './runProgram.ts';

await runProgram(initProgram(commandName('init')), initErrors);
