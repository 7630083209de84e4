import { Command } from 'commander';
import { addDeploymentOptions } from './deployment/deploymentOptions.ts';

/** What `--help` says about a command. */
export interface CommandDescription {
  readonly description: string;
  /** What `--json` prints, e.g. `one JSON document`. */
  readonly jsonShape: string;
  /** Arguments after `npm run ops -- `. */
  readonly examples: readonly string[];
  /** More text for people. */
  readonly notes?: string;
}

/** Makes a command with the common options; the caller adds arguments, further options and the action. */
export function opsCommand(
  name: string,
  { description, jsonShape, examples, notes }: CommandDescription,
): Command {
  const command = new Command(name)
    .description(description)
    .showHelpAfterError('(add --help to see how it is used)');
  const lines = examples.map((example) => `  npm run ops -- ${example}`);
  return addDeploymentOptions(command, jsonShape).addHelpText(
    'after',
    `${notes === undefined ? '' : `\n${notes}\n`}\nExample${lines.length > 1 ? 's' : ''}:\n${lines.join('\n')}`,
  );
}
