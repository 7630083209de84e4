import { join } from 'node:path';
import { parseSegmentEvent, type SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { eventKey, type Per } from '../../../functions/triggers/eventKey.ts';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { isBatch } from '../../../simulators/segment/payload.ts';
import { readEvents } from '../../../simulators/segment/readEvents.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';

const files = '*.ndjson';
const byAudience: Per = ({ properties }) => String(properties.audience_key);

/** What was posted, each event once: by its message id, otherwise by its content. */
const posted = new Map<string, SegmentEvent>();
for (const { payload } of await readEvents(join(projectRoot, 'examples', files))) {
  for (const element of isBatch(payload) ? payload : [payload]) {
    const parsed = parseSegmentEvent(element);
    if (parsed.ok) {
      posted.set(parsed.event.messageId ?? JSON.stringify(element), parsed.event);
    }
  }
}

/** Runs of a trigger for the `track` events of a name; with a cooldown, one for each key. */
function runsOf(name: string, cooldownPer?: Per): number {
  const wanted = [...posted.values()].filter(({ type, event }) => type === 'track' && event === name);
  const keys = wanted.map((event, index) =>
    cooldownPer === undefined ? index : (eventKey(cooldownPer, event) ?? index),
  );
  return new Set(keys).size;
}

/** Nothing is pulled: the example events are posted. */
export const eventTriggers: RecipeExpectation = {
  recipe: 'event-triggers',
  pulls: {},
  posts: [files],
  runs: {
    'trial-started': runsOf('trial_started'),
    'feature-milestone': runsOf('feature_milestone'),
    'plan-upgraded': runsOf('plan_upgraded'),
    'churn-signal': runsOf('churn_signal', 'user'),
    'audience-entered': runsOf('Audience Entered', byAudience),
  },
  requests: {
    'trial-started': { with: ['Trial user on ', '"pipeline_type":"north_star"'] },
    'churn-signal': { with: ['shows a sign of churn'], without: [/@example\.com/] },
  },
};
