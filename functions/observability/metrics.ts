/**
 * Every metric that the functions emit, with its unit. Namespace and the `service` dimension come from the
 * environment; a metric of a run has the dimension `trigger` as well.
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
  EventsReceived: 'Count',
  EventsQueued: 'Count',
  EventsDuplicate: 'Count',
  EventsIgnored: 'Count',
  EventsInvalid: 'Count',
  EventsStale: 'Count',
  /** Events queued without a claim, since the ledger did not answer. */
  ClaimBypassed: 'Count',
  ReceiverDuration: 'Milliseconds',
  RunsDone: 'Count',
  RunsFailed: 'Count',
  /** Runs that were not made on purpose: stale, sampled out, cooling down, gathered, or beyond a budget. */
  RunsSkipped: 'Count',
  /** Deliveries of a run that was put back to wait. */
  RunsWaiting: 'Count',
  /** Deliveries of a run that one gate has made wait, or skipped. */
  RunsHeldByPause: 'Count',
  RunsHeldByStale: 'Count',
  RunsHeldBySample: 'Count',
  RunsHeldByCooldown: 'Count',
  RunsHeldByBudget: 'Count',
  RunsHeldByCredits: 'Count',
  RunsHeldByBreaker: 'Count',
  RunsHeldByConcurrency: 'Count',
  RunsHeldByPace: 'Count',
  /** Deliveries of a run that another delivery had finished, or was at. */
  RunsRepeated: 'Count',
  MaveraCalls: 'Count',
  /** Answers of Mavera that were no success. */
  MaveraErrors: 'Count',
  /** Calls to Mavera whose answer did not arrive: whether the work was done is not known. */
  AnswersLost: 'Count',
  /** Lost answers whose work was found at Mavera, so that it was not done again. */
  AnswersRecovered: 'Count',
  MaveraDuration: 'Milliseconds',
  CreditsUsed: 'Count',
  /** Times that the breaker in front of Mavera has opened. */
  BreakerOpened: 'Count',
  /** Results that were reported to Segment, and those that could not be. */
  SegmentReportsSent: 'Count',
  SegmentReportsFailed: 'Count',
  /** From the event's arrival to the end of its run. */
  RunAge: 'Milliseconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Values to emit; 0 counts are left out. */
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;
