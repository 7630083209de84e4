import * as z from 'zod/mini';
import { type Duration, durationMs } from '../triggers/duration.ts';
import { checkOption } from './checkOption.ts';
import { definePull } from './definePull.ts';
import type { OperationCall, Pull, PullAnswer, PulledItem, Step } from './pull.ts';
import { twoProportionPValue } from './twoProportions.ts';

export interface SendgridAbTestsOptions {
  /** E-mails that each variation has to have delivered in the test. @default 500 */
  readonly minDelivered?: number;
  /** Only single sends that were sent so long ago or later. @default '30d' */
  readonly within?: Duration;
  /** How sure the difference has to be, above 0.5 and below 1. @default 0.95 */
  readonly confidence?: number;
}

/** One variation of an A/B test, in its test phase. */
export type AbVariation = {
  readonly variation: string;
  readonly delivered: number;
  readonly uniqueOpens: number;
  readonly uniqueClicks: number;
  /** Unique opens or clicks, as the test's criterion has it, for each delivered e-mail. */
  readonly rate: number;
  /** Most clicks first; at most 10. URLs are without their query, which may name a person. */
  readonly links: readonly { readonly url: string; readonly clicks: number }[];
};

/** What an `AB Test Decided` event has. */
export type DecidedAbTest = {
  readonly singleSendId: string;
  readonly name: string;
  /** What differs between the variations. SendGrid does not give their texts. */
  readonly type: 'subject' | 'content';
  readonly criterion: 'open' | 'click';
  readonly sentAt: string;
  readonly winner: AbVariation;
  readonly loser: AbVariation;
  /** How likely such a difference is by chance alone. */
  readonly pValue: number;
};

const text = z.optional(z.nullable(z.string()));
const sendsSchema = z.object({
  result: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.string(),
      send_at: text,
      is_abtest: z.optional(z.nullable(z.boolean())),
      abtest: z.optional(
        z.nullable(
          z.object({
            type: z.enum(['subject', 'content']),
            winner_criteria: z.enum(['open', 'click', 'manual']),
            winner_selected_at: text,
          }),
        ),
      ),
    }),
  ),
  _metadata: z.object({ next: text }),
});
const statsSchema = z.object({
  results: z.array(
    z.object({
      ab_variation: z.string(),
      ab_phase: z.string(),
      stats: z.object({ delivered: z.number(), unique_opens: z.number(), unique_clicks: z.number() }),
    }),
  ),
});
const linksSchema = z.object({
  results: z.array(
    z.object({ url: z.string(), ab_variation: z.string(), ab_phase: z.string(), clicks: z.number() }),
  ),
});

/** A test whose criterion may decide it. */
interface Test {
  readonly id: string;
  readonly name: string;
  readonly type: 'subject' | 'content';
  readonly criterion: 'open' | 'click';
  readonly sentAt: string;
}

/** What is stored between two pages is the token alone. The others are of one step, from one answer to the next. */
interface State {
  readonly token?: string | undefined;
  readonly nextToken?: string | undefined;
  readonly tests?: readonly Test[];
  readonly decided?: readonly DecidedAbTest[];
}

/** Twenty single sends, and a call for each of them: a step makes at most 41 calls. */
const pageSize = '20';
const mostLinks = 10;
const testPhase = 'test';
const dayMs = 86_400_000;

/**
 * Pulls the A/B tests of single sends that are decided: one event `AB Test Decided` each. A test is decided when SendGrid has
 * chosen its winner, each variation has delivered enough, and a z-test finds a difference by the test's own criterion. Tests
 * whose winner a person chooses are left out.
 *
 * Source: SendGrid, "Single Sends" (`abtest` stands on the list alone) and "Single Send Stats" by `ab_variation` and
 * `ab_phase`.
 */
export function sendgridAbTests(options: SendgridAbTestsOptions = {}): Pull<DecidedAbTest> {
  const { minDelivered = 500, within = '30d', confidence = 0.95 } = options;
  const isMin = Number.isInteger(minDelivered) && minDelivered >= 1;
  checkOption('sendgridAbTests: minDelivered', isMin, 'a whole number of 1 or more', minDelivered);
  const isConfidence = confidence > 0.5 && confidence < 1;
  checkOption('sendgridAbTests: confidence', isConfidence, 'a number above 0.5 and below 1', confidence);
  const sinceMs = durationMs(within);
  return definePull({
    kind: 'sendgridAbTests',
    source: 'sendgrid',
    operations: ['listSingleSends', 'readSingleSendStats', 'readSingleSendLinks'],
    start: {} as State,
    step: (state, answers, { startedAtMs }): Step<State, DecidedAbTest> => {
      if (answers.length === 0) {
        return { calls: [listCall(state.token)] };
      }
      if (state.tests === undefined) {
        const { result, _metadata } = sendsSchema.parse(answers[0]?.value);
        const tests = result.flatMap((send) => testOf(send, startedAtMs - sinceMs));
        const found = { tests, nextToken: tokenOf(_metadata.next) };
        return tests.length === 0
          ? told([], found)
          : { calls: tests.map((test) => statsCall(test, startedAtMs)), next: found };
      }
      if (state.decided === undefined) {
        const decided = state.tests.flatMap((test, index) => decide(test, answers[index], options));
        return decided.length === 0
          ? told([], state)
          : {
              calls: decided.map(({ singleSendId }) => linksCall(singleSendId)),
              next: { ...state, decided },
            };
      }
      return told(
        state.decided.map((test, index) => withLinks(test, answers[index])),
        state,
      );
    },
  });
}

function told(tests: readonly DecidedAbTest[], { nextToken }: State): Step<State, DecidedAbTest> {
  return {
    events: tests.map(itemOf),
    next: nextToken === undefined ? undefined : { token: nextToken },
  };
}

function itemOf(test: DecidedAbTest): PulledItem<DecidedAbTest> {
  return {
    item: test.singleSendId,
    event: 'AB Test Decided',
    properties: test,
    // Opens go on for weeks: only another outcome is a change.
    compared: { exactly: [test.winner.variation, test.loser.variation] },
  };
}

function listCall(token: string | undefined): OperationCall {
  const query = { page_size: pageSize, ...(token === undefined ? {} : { page_token: token }) };
  return { operation: 'listSingleSends', request: { query } };
}

function statsCall({ id, sentAt }: Test, startedAtMs: number): OperationCall {
  const query = {
    aggregated_by: 'total',
    group_by: 'ab_variation,ab_phase',
    // SendGrid's own defaults are the year 2021.
    start_date: sentAt.slice(0, 10),
    end_date: new Date(startedAtMs + dayMs).toISOString().slice(0, 10),
    page_size: '50',
  };
  return { operation: 'readSingleSendStats', request: { path: { id }, query } };
}

function linksCall(id: string): OperationCall {
  const query = { group_by: 'ab_variation,ab_phase', ab_phase_id: testPhase, page_size: '50' };
  return { operation: 'readSingleSendLinks', request: { path: { id }, query } };
}

/** The token of the next page, which SendGrid gives as a URL. */
function tokenOf(next: string | null | undefined): string | undefined {
  const url = next ? new URL(next, 'https://api.sendgrid.com') : undefined;
  return url?.searchParams.get('page_token') ?? undefined;
}

function testOf(send: z.infer<typeof sendsSchema>['result'][number], sinceMs: number): readonly Test[] {
  const { id, name, status, send_at: sentAt, is_abtest: isTest, abtest } = send;
  if (status !== 'triggered' || isTest !== true || !abtest?.winner_selected_at || !sentAt) {
    return [];
  }
  const { type, winner_criteria: criterion } = abtest;
  return criterion === 'manual' || !(Date.parse(sentAt) >= sinceMs)
    ? []
    : [{ id, name, type, criterion, sentAt }];
}

function decide(
  test: Test,
  answer: PullAnswer | undefined,
  { minDelivered = 500, confidence = 0.95 }: SendgridAbTestsOptions,
): readonly DecidedAbTest[] {
  // A single send may be deleted between two calls.
  const results = answer?.found === true ? statsSchema.parse(answer.value).results : [];
  const variations = results
    .filter(({ ab_variation, ab_phase }) => ab_phase === testPhase && ab_variation !== 'all')
    .map(({ ab_variation, stats }) => variationOf(ab_variation, stats, test.criterion))
    .sort((one, other) => other.rate - one.rate);
  const winner = variations[0];
  const loser = variations.at(-1);
  if (
    winner === undefined ||
    loser === undefined ||
    variations.length < 2 ||
    variations.some(({ delivered }) => delivered < minDelivered)
  ) {
    return [];
  }
  const pValue = twoProportionPValue(proportionOf(winner), proportionOf(loser));
  // The best and the worst of several differ by chance more often than two that were picked before (Bonferroni).
  const pairs = (variations.length * (variations.length - 1)) / 2;
  const { id: singleSendId, name, type, criterion, sentAt } = test;
  return pValue < (1 - confidence) / pairs
    ? [{ singleSendId, name, type, criterion, sentAt, winner, loser, pValue }]
    : [];
}

function variationOf(
  variation: string,
  stats: z.infer<typeof statsSchema>['results'][number]['stats'],
  criterion: 'open' | 'click',
): AbVariation {
  const { delivered, unique_opens: uniqueOpens, unique_clicks: uniqueClicks } = stats;
  const successes = criterion === 'open' ? uniqueOpens : uniqueClicks;
  return { variation, delivered, uniqueOpens, uniqueClicks, rate: successes / delivered, links: [] };
}

function proportionOf({ rate, delivered }: AbVariation): { successes: number; trials: number } {
  return { successes: Math.round(rate * delivered), trials: delivered };
}

function withLinks(test: DecidedAbTest, answer: PullAnswer | undefined): DecidedAbTest {
  const links = answer?.found === true ? linksSchema.parse(answer.value).results : [];
  const ofTest = links.filter(({ ab_phase }) => ab_phase === testPhase);
  const linksOf = ({ variation }: AbVariation): AbVariation['links'] => {
    const clicks = new Map<string, number>();
    for (const link of ofTest.filter(({ ab_variation }) => ab_variation === variation)) {
      const [url = ''] = link.url.split(/[?#]/);
      clicks.set(url, (clicks.get(url) ?? 0) + link.clicks);
    }
    return [...clicks]
      .map(([url, count]) => ({ url, clicks: count }))
      .sort((one, other) => other.clicks - one.clicks)
      .slice(0, mostLinks);
  };
  return {
    ...test,
    winner: { ...test.winner, links: linksOf(test.winner) },
    loser: { ...test.loser, links: linksOf(test.loser) },
  };
}
