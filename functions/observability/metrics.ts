/**
 * Every metric that the functions emit, with its unit; `docs/metrics.md` lists them in the same words. Namespace and the
 * `service` dimension come from the environment. CloudWatch charges $0.30 a month for each, and for each trigger that one
 * is also emitted by.
 */
export const metricUnits = {
  /** Requests answered 200. */
  RequestsAccepted: 'Count',
  /** Requests answered 401: what they carried is lost, since Segment does not try again. */
  SignatureRefused: 'Count',
  /** Requests answered any 4xx, 401 included. */
  RequestsRefused: 'Count',
  /** Requests answered 5xx; Segment tries again for 4 hours. */
  RequestsFailed: 'Count',
  /** Events in requests whose signature was right. */
  EventsReceived: 'Count',
  /** Events that a trigger wants, with all their runs in the queue. */
  EventsQueued: 'Count',
  /** Events that were queued before, or stood twice in one request. */
  EventsDuplicate: 'Count',
  /** Events that no trigger wants. */
  EventsIgnored: 'Count',
  /** Elements of a body that are no Segment event. */
  EventsInvalid: 'Count',
  /** Events older than the dedupe window, which start nothing. */
  EventsStale: 'Count',
  /** Events queued without a claim, since the ledger did not answer. */
  ClaimBypassed: 'Count',
  /** From the receiver's first line to its answer; a cold start comes on top. */
  ReceiverDuration: 'Milliseconds',
  /** First requests of the receiver's execution environments: whoever sent them waited for a start, mostly. */
  ColdStarts: 'Count',
  /** Runs that Mavera has done. */
  RunsDone: 'Count',
  /** Runs that were given up; each is a dead letter as well. */
  RunsFailed: 'Count',
  /** Runs that were not made on purpose: stale, sampled out, cooling down, gathered, or beyond a budget. */
  RunsSkipped: 'Count',
  /** Deliveries of a run that was put back to wait. */
  RunsWaiting: 'Count',
  /** Age of the event of a run that is put back to wait, unless it gathers events or was redriven. */
  RunsWaitingAge: 'Milliseconds',
  /** Deliveries of a run that waits since an operator has paused its trigger, or all. */
  RunsHeldByPause: 'Count',
  /** Runs skipped since their event was older than their trigger allows. */
  RunsHeldByStale: 'Count',
  /** Runs skipped since they are not in their trigger's sample. */
  RunsHeldBySample: 'Count',
  /** Runs skipped since their trigger has had one for the same key. */
  RunsHeldByCooldown: 'Count',
  /** Deliveries of a run that waits, or is skipped, since there is no room for it in a budget. */
  RunsHeldByBudget: 'Count',
  /** Deliveries of a run that waits since the account at Mavera has too few credits left. */
  RunsHeldByCredits: 'Count',
  /** Deliveries of a run that waits since the breaker is open, or another run probes. */
  RunsHeldByBreaker: 'Count',
  /** Deliveries of a run that waits since as many calls of its kind are under way as Mavera takes. */
  RunsHeldByConcurrency: 'Count',
  /** Deliveries of a run that waits for its slot of Mavera's rate limit. */
  RunsHeldByPace: 'Count',
  /** Deliveries of a run that waits since Mavera's API key is not filled in, or cannot be read. */
  RunsWithoutApiKey: 'Count',
  /** Deliveries of a run that another delivery had finished, or was at. */
  RunsRepeated: 'Count',
  /** Deliveries that ended in an error that was not foreseen; the message comes back. */
  DeliveriesFailed: 'Count',
  /** Calls to Mavera that do a run's work, or look whether it is done. */
  MaveraCalls: 'Count',
  /** Those of MaveraCalls that were no success. */
  MaveraErrors: 'Count',
  /** Calls to Mavera whose answer did not arrive: whether the work was done is not known. */
  AnswersLost: 'Count',
  /** Lost answers whose work was found at Mavera, so that it was not done again. */
  AnswersRecovered: 'Count',
  /** How long MaveraCalls took. */
  MaveraDuration: 'Milliseconds',
  /** Requests that count against Mavera's rate limit: MaveraCalls, looks at the account, and the search for lost answers. */
  MaveraRequests: 'Count',
  /** Those of MaveraRequests that were answered 429. */
  MaveraThrottled: 'Count',
  /** Credits that runs have cost, as Mavera reports them. */
  CreditsUsed: 'Count',
  /** Share of a budget that is spent or reserved: the highest of those a run is paid from; 100 when it finds no room. */
  BudgetUsed: 'Percent',
  /** Credits that the account has left, whenever Mavera was asked. */
  AccountCreditsRemaining: 'Count',
  /** Times that the breaker in front of Mavera has opened. */
  BreakerOpened: 'Count',
  /** Results that were reported to Segment. */
  SegmentReportsSent: 'Count',
  /** Results that could not be reported to Segment. */
  SegmentReportsFailed: 'Count',
  /** From the event's arrival to the end of its run. */
  RunAge: 'Milliseconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Values to emit; what was not measured, and counts of 0, are left out. */
export type MetricValues = Readonly<Partial<Record<MetricName, number | undefined>>>;

/** Metrics that are emitted by trigger as well. */
export const metricsByTrigger: readonly MetricName[] = ['RunsDone', 'RunsFailed', 'CreditsUsed'];

/** Whether it is added up, so that 0 adds nothing; of a time, a share or a level, 0 is news. */
export function isCount(name: MetricName): boolean {
  return metricUnits[name] === 'Count' && name !== 'AccountCreditsRemaining';
}
