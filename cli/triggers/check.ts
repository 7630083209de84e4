import { problemsOfGrants } from '../../functions/access/accessMatrix.ts';
import { loadAccess } from '../../infra/bundling/loadAccess.ts';
import { problemsOfPulls } from '../../infra/settings/problemsOfPulls.ts';
import { counted } from '../ops/format/counted.ts';
import { describeTrigger } from './describeTrigger.ts';
import { readTriggers } from './readTriggers.ts';

/**
 * Checks a triggers file and the access file beside it, and lists what the triggers do and need. Exit code 1 if the access
 * file does not grant what they need, or a file that a pull reads is not there.
 *
 * @throws TriggersFileError with every problem found
 */
export function checkTriggers(triggersFile: string): void {
  const triggers = readTriggers(triggersFile);
  const grants = loadAccess(triggersFile);
  const widestName = Math.max(0, ...triggers.map(({ name }) => name.length));
  for (const trigger of triggers) {
    const [first, ...others] = describeTrigger(trigger);
    const indent = ' '.repeat(widestName + 2);
    console.log(
      [`${trigger.name.padEnd(widestName)}  ${first}`, ...others.map((line) => indent + line)].join('\n'),
    );
  }
  const problems = problemsOfGrants(triggers, grants);
  const fileProblems = problemsOfPulls(triggers, triggersFile);
  if (problems.length > 0 || fileProblems.length > 0) {
    console.error([...fileProblems, ...(problems.length === 0 ? [] : [accessProblems(problems)])].join('\n'));
    process.exitCode = 1;
  } else if (triggers.length > 0) {
    const granted = grants === undefined ? '' : ' access.ts grants all that they need.';
    console.log(`\n${triggersFile}: ${counted(triggers.length, 'trigger')}, no problems.${granted}`);
  }
}

/** The problems of an access file, for people. */
export function accessProblems(problems: readonly string[]): string {
  return `access.ts does not fit the triggers: change its grants, or the triggers.\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
}
