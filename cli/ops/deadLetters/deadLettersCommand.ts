import { Command } from 'commander';
import { discardDeadLettersCommand } from './discardDeadLetters.ts';
import { listDeadLettersCommand } from './listDeadLetters.ts';
import { redriveDeadLettersCommand } from './redriveDeadLetters.ts';

/** `dead-letters` */
export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('Lists, redrives and discards dead letters.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(listDeadLettersCommand())
    .addCommand(redriveDeadLettersCommand())
    .addCommand(discardDeadLettersCommand());
}
