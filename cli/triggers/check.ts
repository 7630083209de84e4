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
  for (const { name, when, route, run } of triggers) {
    const routes = route === undefined ? 'every open route' : `route ${[route].flat().join(', ')}`;
    const credits = run.estimatedCredits ?? performerOf(run)?.estimatedCredits;
    console.log(
      `${name.padEnd(widestName)}  ${run.kind}, about ${credits} credits a run, ${routes}\n` +
        `${' '.repeat(widestName)}  when ${when}`,
    );
  }
  if (triggers.length > 0) {
    console.log(`\n${triggersFile}: ${triggers.length} triggers, no problems.`);
  }
}
