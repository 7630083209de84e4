import { describe, expect, it } from 'vitest';
import { askMave, sendgridContacts, trigger } from '../../../functions/index.ts';
import { approvalLane } from '../../../functions/ledger/parkedIndex.ts';
import { appReport } from '../../../local/app/appReport.ts';
import { appRequests } from '../../../local/app/appRequests.ts';
import type { AppOutcome } from '../../../local/app/runApp.ts';
import type { ObservedRun } from '../../../local/recipes/observedRuns.ts';
import { parseEvents } from '../../../simulators/segment/readEvents.ts';

const run = askMave(() => ({ message: 'Why?' }));
const churn = trigger({ name: 'churn', when: 'type = "track" and event = "churn_signal"' }, run);
const opened = trigger({ name: 'opened', source: 'sendgrid', when: 'event = "Email Opened"' }, run);
const bought = trigger({ name: 'bought', when: 'event = "Order Completed"' }, run);
const follower = trigger({ name: 'follower', after: bought }, run);
const contacts = trigger(
  {
    name: 'contacts',
    from: sendgridContacts({ all: true, groupBy: 'plan', fields: ['country'] }),
    every: '30d',
  },
  run,
);

const lines = [
  { type: 'track', event: 'churn_signal', messageId: 'm-1', userId: 'u-1' },
  { type: 'track', event: 'page_viewed', messageId: 'm-2', userId: 'u-2' },
];
const requests = appRequests(
  parseEvents(lines.map((line) => JSON.stringify(line)).join('\n'), 'events/churn.ndjson'),
  Date.now(),
);

const done: ObservedRun = {
  runId: 'a'.repeat(40),
  trigger: 'churn',
  state: 'done',
  creditsUsed: 17,
  result: { content: 'For the price.' },
  events: [{ type: 'track', event: 'churn_signal', messageId: 'm-1', userId: 'u-1' }],
  request: { method: 'POST', path: '/mave/chat', body: { message: 'Why?' } },
};

const outcome: AppOutcome = {
  triggers: [churn, opened, bought, follower, contacts],
  sent: requests,
  unsent: [],
  pulls: [],
  runs: [done],
  parked: [],
  credits: 17,
  bootMs: 1_000,
  runMs: 2_000,
  differences: [],
};

describe('what npm start says of an app', () => {
  it('tells of each event which trigger it has started, and what became of repeated and forged ones', () => {
    const text = appReport(outcome, 120);
    expect(text).toContain('     1  events/churn.ndjson  churn_signal → churn\n');
    expect(text).toContain('     1  events/churn.ndjson  page_viewed (no trigger wants it)\n');
    expect(text).toContain('sent again, as Segment does when it got no answer: no second run');
    expect(text).toContain('with a signature that is not of Segment: refused');
  });

  it('tells of each run its event, its request, its credits and its answer', () => {
    expect(appReport(outcome, 120)).toContain(
      [
        'churn: 1 run, 17 credits',
        '  for churn_signal of u-1 (m-1)',
        '    POST /mave/chat  message: Why?',
        '    → 17 credits  For the price.',
      ].join('\n'),
    );
  });

  it('says why a trigger has no run', () => {
    const text = appReport(outcome, 120);
    expect(text).toContain('opened: no run. events/ has no event of SendGrid.');
    expect(text).toContain(
      'bought: no run. No event in events/ is one that it wants: event = "Order Completed"',
    );
    expect(text).toContain('follower: no run. It follows bought, which has no run that is done.');
    expect(text).toContain('contacts: no run. Its pull has not ended.');
    const parked = [{ trigger: 'bought', lane: approvalLane, count: 1 }];
    expect(appReport({ ...outcome, parked }, 120)).toContain(
      'bought: no run. Parked: 1 run of bought (until a person approves).',
    );
  });

  it('ends with what is not accounted for, or that everything is', () => {
    expect(appReport(outcome, 120)).toMatch(
      /As expected: every event was accounted for, and each run was done once\.$/,
    );
    expect(appReport({ ...outcome, differences: ['churn: 1 runs queued, expected 2'] }, 120)).toMatch(
      /Not as expected:\n {2}churn: 1 runs queued, expected 2$/,
    );
  });
});
