import { uuidOf } from './contact.ts';
import type { AbTest, SendCounts, SendPart, SingleSend } from './singleSend.ts';

const dayMs = 86_400_000;
const shop = 'https://www.example.com';

/** Delivered e-mails, unique opens and unique clicks of a variation. */
type Variation = readonly [delivered: number, uniqueOpens: number, uniqueClicks: number];

/**
 * The single sends of the made-up account, newest first.
 *
 * | name | what it is |
 * |---|---|
 * | Spring preview | a draft |
 * | Year in review | scheduled for tomorrow |
 * | Black Friday subject | an A/B test by opens: the first variation won clearly, 32 % against 24 % |
 * | Winter catalogue content | an A/B test by clicks: no winner is chosen yet |
 * | Partner note subject | an A/B test by opens with a winner, but with 120 e-mails for each variation |
 * | Onboarding layout | an A/B test by clicks with a winner, whose variations are as good as equal |
 * | Pricing page | an A/B test whose winner a person chooses |
 * | Autumn plans, Summer news | no test |
 */
export function defaultSingleSends(nowMs: number): readonly SingleSend[] {
  const ago = (days: number): number => nowMs - days * dayMs;
  return [
    { ...plain('Spring preview', ago(1)), status: 'draft', sendAtMs: undefined, parts: [] },
    { ...plain('Year in review', ago(1)), status: 'scheduled', sendAtMs: nowMs + dayMs, parts: [] },
    tested('Black Friday subject', ago(6), 'subject', 'open', [
      [2_410, 771, 214],
      [2_395, 575, 139],
    ]),
    tested(
      'Winter catalogue content',
      ago(1),
      'content',
      'click',
      [
        [1_520, 380, 61],
        [1_498, 371, 49],
      ],
      { winnerSelectedAtMs: undefined },
    ),
    tested('Partner note subject', ago(9), 'subject', 'open', [
      [120, 48, 9],
      [118, 30, 4],
    ]),
    tested('Onboarding layout', ago(12), 'content', 'click', [
      [1_804, 520, 96],
      [1_811, 517, 93],
    ]),
    tested('Pricing page', ago(15), 'content', 'manual', [
      [900, 250, 72],
      [905, 244, 31],
    ]),
    { ...plain('Autumn plans', ago(20)), parts: [whole([18_200, 5_096, 1_030])] },
    { ...plain('Summer news', ago(110)), parts: [whole([16_900, 4_310, 702])] },
  ];
}

function plain(name: string, sendAtMs: number): SingleSend {
  return {
    id: uuidOf(`single send ${name}`),
    name,
    subject: name,
    status: 'triggered',
    categories: ['made-up'],
    sendAtMs,
    createdAtMs: sendAtMs - 2 * dayMs,
    abTest: undefined,
    parts: [],
  };
}

/** Once a winner is chosen, the rest of the contacts is sent the first variation. */
function tested(
  name: string,
  sendAtMs: number,
  type: AbTest['type'],
  winnerCriteria: AbTest['winnerCriteria'],
  variations: readonly Variation[],
  more: Partial<AbTest> = {},
): SingleSend {
  const ids = variations.map((_counts, index) => uuidOf(`variation ${index} of ${name}`));
  const abTest: AbTest = {
    type,
    winnerCriteria,
    testPercentage: 20,
    duration: '1d',
    winningTemplateId: `d-${(ids[0] ?? '').replaceAll('-', '')}`,
    winnerSelectedAtMs: sendAtMs + dayMs,
    ...more,
  };
  const inTest = variations.map((counts, index) => part(ids[index] ?? '', 'test', counts));
  const [[delivered, opens, clicks] = [0, 0, 0]] = variations;
  const rest = part(ids[0] ?? '', 'send', [delivered * 8, Math.round(opens * 7.6), Math.round(clicks * 7.4)]);
  const isSent = abTest.winnerSelectedAtMs !== undefined;
  return { ...plain(name, sendAtMs), abTest, parts: isSent ? [...inTest, rest] : inTest };
}

function whole(counts: Variation): SendPart {
  return part('all', 'all', counts);
}

function part(variation: string, phase: SendPart['phase'], of: Variation): SendPart {
  const [delivered, uniqueOpens, uniqueClicks] = of;
  const counts: SendCounts = {
    requests: Math.round(delivered * 1.02),
    delivered,
    opens: Math.round(uniqueOpens * 1.4),
    uniqueOpens,
    clicks: Math.round(uniqueClicks * 1.2),
    uniqueClicks,
    bounces: Math.round(delivered * 0.015),
    unsubscribes: Math.round(delivered * 0.002),
  };
  const first = Math.round(counts.clicks * 0.6);
  const second = Math.round(counts.clicks * 0.3);
  const links = {
    [`${shop}/plans?utm_source=email`]: first,
    [`${shop}/offers`]: second,
    [`${shop}/unsubscribe`]: counts.clicks - first - second,
  };
  return { variation, phase, counts, links };
}
