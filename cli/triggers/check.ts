import { performerOf } from '../../functions/mavera/actions/actionPerformers.ts';
import { readTriggers } from './readTriggers.ts';

/**
 * Checks a triggers file and lists what it holds.
 *
 * @throws TriggersFileError with every problem found
 */
export function checkTriggers(triggersFile: string): void {
  const triggers = readTriggers(triggersFile);
  const widestName = Math.max(0, ...triggers.map(({ name }) => name.length));
  for (const { name, when, route, run, approve, cancelledBy } of triggers) {
    const routes = route === undefined ? 'every open route' : `route ${[route].flat().join(', ')}`;
    const indent = ' '.repeat(widestName);
    const credits = run.estimatedCredits ?? performerOf(run)?.estimatedCredits;
    console.log(
      `${name.padEnd(widestName)}  ${run.kind}, about ${credits} credits a run, ${routes}\n` +
        `${indent}  when ${when}`,
    );
    if (cancelledBy !== undefined) {
      console.log(`${indent}  cancelled by ${cancelledBy.when}`);
    }
    if (approve !== undefined) {
      console.log(`${indent}  a run above ${approve.above} credits waits until an operator approves it`);
    }
  }
  if (triggers.length > 0) {
    console.log(`\n${triggersFile}: ${triggers.length} triggers, no problems.`);
  }
}
