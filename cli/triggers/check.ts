import { performerOf } from '../../functions/mavera/actions/actionPerformers.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { readTriggers } from './readTriggers.ts';

/**
 * Checks a triggers file and lists what it holds.
 *
 * @throws TriggersFileError with every problem found
 */
export function checkTriggers(triggersFile: string): void {
  const triggers = readTriggers(triggersFile);
  const widestName = Math.max(0, ...triggers.map(({ name }) => name.length));
  for (const trigger of triggers) {
    const { name, run, approve, cancelledBy } = trigger;
    const indent = ' '.repeat(widestName);
    const credits = run.estimatedCredits ?? performerOf(run)?.estimatedCredits;
    console.log(
      `${name.padEnd(widestName)}  ${run.kind}, about ${credits} credits a run, ${routesOf(trigger)}\n` +
        `${indent}  ${originOf(trigger)}`,
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

function routesOf({ after, route }: Trigger): string {
  if (after !== undefined) {
    return 'no route';
  }
  return route === undefined ? 'every open route' : `route ${[route].flat().join(', ')}`;
}

/** What starts its runs; of a trigger that follows others, the whole chain. */
function originOf({ when, after }: Trigger): string {
  if (after === undefined) {
    return `when ${when}`;
  }
  const chain: string[] = [];
  for (let followed: Trigger | undefined = after; followed !== undefined; followed = followed.after) {
    chain.push(followed.name);
  }
  return `after ${chain.join(', which is after ')}`;
}
