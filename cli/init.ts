import { initErrors, initProgram } from './init/initCommand.ts';
import { runProgram } from './runProgram.ts';

await runProgram(initProgram('mavera-triggers init'), initErrors);
