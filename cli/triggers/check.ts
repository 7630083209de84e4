import { performerOf } from '../../functions/mavera/actions/actionPerformers.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';

/**
 * Checks a triggers file and lists what it holds.
 *
 * @throws TriggersFileError with every problem found
 */
export async function checkTriggers(triggersFile: string): Promise<void> {
  const triggers = await loadTriggers(triggersFile);
  const widestName = Math.max(0, ...triggers.map(({ name }) => name.length));
  for (const { name, when, route, run } of triggers) {
    const routes = route === undefined ? 'every route' : `route ${[route].flat().join(', ')}`;
    const credits = run.estimatedCredits ?? performerOf(run)?.estimatedCredits;
    console.log(
      `${name.padEnd(widestName)}  ${run.kind}, about ${credits} credits a run, ${routes}\n` +
        `${' '.repeat(widestName)}  when ${when}`,
    );
  }
  console.log(`\n${triggersFile}: ${triggers.length} triggers, no problems.`);
}
