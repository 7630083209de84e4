import { basename } from 'node:path';

/**
 * What a program calls itself in its usage line.
 *
 * @param subcommand such as `ops`
 * @returns `npx mavera-triggers ops` if it was started by the package's command; otherwise the subcommand alone
 */
export function commandName(subcommand: string, script: string | undefined = process.argv[1]): string {
  const isOurs = script !== undefined && /^mavera-triggers(?:\.[jt]s)?$/.test(basename(script));
  return isOurs ? `npx mavera-triggers ${subcommand}` : subcommand;
}
