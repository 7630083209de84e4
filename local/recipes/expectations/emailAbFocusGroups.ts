import { defaultSingleSends } from '../../../simulators/sendgrid/marketing/defaultSingleSends.ts';
import type { SendPart, SingleSend } from '../../../simulators/sendgrid/marketing/singleSend.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';

const nowMs = Date.now();
const monthMs = 30 * 86_400_000;
/** Standard errors that a difference has, in one of 20 cases, by chance. */
const mostByChance = 1.96;

const decided = defaultSingleSends(nowMs).flatMap((send) => {
  const rates = ratesOf(send);
  return rates === undefined ? [] : [{ name: send.name, ...rates }];
});

/** The rates of winner and loser of a test that is decided, and whose difference is hardly chance. */
function ratesOf({ abTest, parts, sendAtMs }: SingleSend): { winner: number; loser: number } | undefined {
  if (abTest?.winnerSelectedAtMs === undefined || abTest.winnerCriteria === 'manual') {
    return undefined;
  }
  const successesOf = ({ counts }: SendPart): number =>
    abTest.winnerCriteria === 'open' ? counts.uniqueOpens : counts.uniqueClicks;
  const tested = parts.filter(({ phase }) => phase === 'test');
  const rates = tested.map((part) => successesOf(part) / part.counts.delivered);
  const [winner, loser] = [Math.max(...rates), Math.min(...rates)];
  const all = tested.reduce((sum, { counts }) => sum + counts.delivered, 0);
  const pooled = tested.reduce((sum, part) => sum + successesOf(part), 0) / all;
  const spread = tested.reduce((sum, { counts }) => sum + 1 / counts.delivered, 0);
  const errors = (winner - loser) / Math.sqrt(pooled * (1 - pooled) * spread);
  const isRecent = (sendAtMs ?? 0) >= nowMs - monthMs;
  const isLarge = tested.every(({ counts }) => counts.delivered >= 500);
  return isRecent && isLarge && errors > mostByChance ? { winner, loser } : undefined;
}

/** One test has a loser: a focus group about it, and what to test next. */
export const emailAbFocusGroups: RecipeExpectation = {
  recipe: 'email-ab-focus-groups',
  pulls: { 'ab-loser-voices': { items: decided.length, runs: decided.length, beyond: 0 } },
  again: { 'ab-loser-voices': { items: decided.length, runs: 0, unchanged: decided.length } },
  runs: { 'ab-loser-voices': decided.length, 'ab-next-variation': decided.length },
  requests: {
    // The texts are those that the recipe gives the variations: the second one lost.
    'ab-loser-voices': {
      with: [...decided.map(({ name }) => `Why did ${name} lose?`), 'Its subject: "Black Friday is here!"'],
      without: ['half price'],
    },
    'ab-next-variation': {
      with: decided.flatMap(({ winner, loser }) => [winner.toFixed(3), loser.toFixed(3)]),
    },
  },
};
