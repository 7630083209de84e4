import { type Command, Option } from 'commander';

/** The name of a stack that was deployed without an `environment`. */
export const defaultStack = 'MaveraTriggers';

/** The options that every command has. */
export interface DeploymentOptions {
  readonly stack: string;
  readonly region?: string;
  readonly local?: true;
  readonly json?: true;
}

/**
 * Adds the options that every command has.
 *
 * @param jsonShape what `--json` prints, e.g. `one JSON document`
 */
export function addDeploymentOptions(command: Command, jsonShape: string): Command {
  return command
    .addOption(
      new Option('--stack <name>', 'the stack in AWS').env('MAVERA_TRIGGERS_STACK').default(defaultStack),
    )
    .option(
      '--region <region>',
      'its region (default: AWS_REGION, AWS_DEFAULT_REGION, or that of the profile)',
    )
    .option('--local', 'the system that `npm run dev` started in this directory')
    .option('--json', `${jsonShape} for programs`);
}
