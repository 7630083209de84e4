import { Command } from 'commander';
import { addDeploymentOptions } from './deployment/deploymentOptions.ts';

/** What `--help` says of a command. */
export interface CommandDescription {
  readonly description: string;
  /** What `--json` prints, e.g. `one JSON document`. */
  readonly jsonShape: string;
  /** How it is called, after `npm run ops -- `. */
  readonly examples: readonly string[];
  /** Further text for people. */
  readonly notes?: string;
}

/** A command with the options that all of them have; arguments, options and action are the caller's. */
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
