/**
 * Every metric that the functions emit, with its unit; `docs/metrics.md` lists them with the same descriptions. The
 * namespace and the `service` dimension come from the environment. CloudWatch charges $0.30 a month for each, and for each
 * trigger that a metric is also emitted by.
 */
export const metricUnits = {
  /** Requests answered 200. */
  RequestsAccepted: 'Count',
  /** Requests answered 401 because they had no signature. Strangers send such requests. */
  SignatureMissing: 'Count',
  /** Requests answered 401 because of a wrong signature. If the source sent them, their events are lost. */
  SignatureRefused: 'Count',
  /** Requests with a right signature, answered 400, 404, 405 or 413. Their events are lost. */
  SignedRequestsRefused: 'Count',
  /** Requests answered any 4xx, 401 included. */
  RequestsRefused: 'Count',
  /** Requests answered 5xx; Segment tries again for 4 hours. */
  RequestsFailed: 'Count',
  /** Requests answered 503 only because another request was queueing the same events; part of RequestsFailed. */
  RequestsBusy: 'Count',
  /** Events in requests whose signature was right. */
  EventsReceived: 'Count',
  /** Events that start or cancel runs, with all their messages in a queue. */
  EventsQueued: 'Count',
  /** Events that were queued before, or came twice in one request. */
  EventsDuplicate: 'Count',
  /** Events that start no run and cancel none. */
  EventsIgnored: 'Count',
  /** Elements of a body that are not events of its source. */
  EventsInvalid: 'Count',
  /** Events older than the dedupe window, which start nothing. */
  EventsStale: 'Count',
  /** Events that start nothing, because they are in no sample of the triggers that want them. */
  EventsSampledOut: 'Count',
  /** Runs sent to the bulk queue, because their trigger had used up its share of the intake queue. */
  RunsToBulk: 'Count',
  /** Keys of cancelling events that could not be computed, because a `per` function threw or was too slow. */
  CancelKeysFailed: 'Count',
  /** Events queued without a claim, because the ledger did not answer. */
  ClaimBypassed: 'Count',
  /** From the first line of the receiver to its answer; a cold start comes on top. */
  ReceiverDuration: 'Milliseconds',
  /** First requests of the receiver's execution environments: most of their senders waited for the start. */
  ColdStarts: 'Count',
  /** Runs that are done. */
  RunsDone: 'Count',
  /** Runs that failed; each is also a dead letter. */
  RunsFailed: 'Count',
  /** Runs that were skipped on purpose: stale, outdated, cooling down, collected, or beyond a budget. */
  RunsSkipped: 'Count',
  /** Deliveries of a run that was put back to wait. */
  RunsWaiting: 'Count',
  /** Age of the event of a run that is put back to wait, unless it collects events or was redriven. */
  RunsWaitingAge: 'Milliseconds',
  /** Deliveries of a run that waits because an operator has paused its trigger, or all triggers; parked triggers at each pass. */
  RunsHeldByPause: 'Count',
  /** Runs skipped because their event was older than their trigger allows. */
  RunsHeldByStale: 'Count',
  /** Runs that are not made because they are not in their trigger's sample: not queued, or skipped. */
  RunsHeldBySample: 'Count',
  /** Runs skipped because an event has cancelled them. */
  RunsHeldByCancel: 'Count',
  /** Deliveries of a run that waits because a lookup is not answered, and runs that are skipped because `only` does not want them. */
  RunsHeldByLookups: 'Count',
  /** Runs that wait for an operator's approval, and those skipped because an operator has denied or cancelled them. */
  RunsHeldByApproval: 'Count',
  /** Runs skipped because their trigger has had a run for the same key. */
  RunsHeldByCooldown: 'Count',
  /** Deliveries of a run that waits, or is skipped, because a budget has no room for it; parked triggers at each pass. */
  RunsHeldByBudget: 'Count',
  /** Deliveries of a run that waits because the account at Mavera has too few credits left; parked triggers at each pass. */
  RunsHeldByCredits: 'Count',
  /** Deliveries of a run that waits because the breaker is open, or another run is probing; parked triggers at each pass. */
  RunsHeldByBreaker: 'Count',
  /** Deliveries of a run that waits because the concurrency cap of its action is reached. */
  RunsHeldByConcurrency: 'Count',
  /** Deliveries of a run that waits for its slot of Mavera's rate limit. */
  RunsHeldByPace: 'Count',
  /** Deliveries of a run that waits because Mavera's API key is missing or cannot be read; parked triggers at each pass. */
  RunsWithoutApiKey: 'Count',
  /** Deliveries of a run that another delivery had finished, or was working on. */
  RunsRepeated: 'Count',
  /** Deliveries that ended in an unexpected error; the message comes back. */
  DeliveriesFailed: 'Count',
  /** Calls to Mavera that do a run's work, or poll whether it is done. */
  MaveraCalls: 'Count',
  /** MaveraCalls that did not succeed. */
  MaveraErrors: 'Count',
  /** Calls to Mavera whose answer did not arrive: whether the work was done is not known. */
  AnswersLost: 'Count',
  /** Lost answers whose work was found at Mavera, so it was not done again. */
  AnswersRecovered: 'Count',
  /** How long MaveraCalls took. */
  MaveraDuration: 'Milliseconds',
  /** Requests that count against Mavera's rate limit: MaveraCalls, reads of the account, and reads that recover lost answers. */
  MaveraRequests: 'Count',
  /** MaveraRequests that were answered 429. */
  MaveraThrottled: 'Count',
  /** Calls to outside systems that were refused, because they are not granted or their request is not valid. */
  CallsRefused: 'Count',
  /** Credits that runs have used, as Mavera reports them. */
  CreditsUsed: 'Count',
  /** Share of a budget that is used or reserved: the highest of those that a run is paid from; 100 when it has no room. */
  BudgetUsed: 'Percent',
  /** Credits that the account has left, each time Mavera was asked. */
  AccountCreditsRemaining: 'Count',
  /** Times that the breaker in front of Mavera has opened. */
  BreakerOpened: 'Count',
  /** Runs that are parked, at the end of a pass of the dispatcher: in all lanes, and by lane. A lane is mostly a trigger. */
  RunsParked: 'Count',
  /** Age of the event of the first parked run, without runs that wait on purpose: for a pause, an approval or a known time. */
  OldestParkedAge: 'Milliseconds',
  /** Parked runs that the dispatcher has sent to the runner. */
  RunsDispatched: 'Count',
  /** Passes of the dispatcher that came to their end: at least one a minute, also while nothing is parked. */
  DispatcherFinished: 'Count',
  /** How long a pass of the dispatcher took. */
  DispatcherDuration: 'Milliseconds',
  /** Results that were reported to Segment. */
  SegmentReportsSent: 'Count',
  /** Results that could not be reported to Segment. */
  SegmentReportsFailed: 'Count',
  /** Results that were reported to SegOps. */
  SegOpsReportsSent: 'Count',
  /** Results that could not be reported to SegOps. */
  SegOpsReportsFailed: 'Count',
  /** Reports sent to SegOps again after a call that it may have taken. SegOps cannot recognise repeats. */
  SegOpsReportsRepeated: 'Count',
  /** From the event's arrival to the end of its run. */
  RunAge: 'Milliseconds',
  /** Requests to forget a user that were worked off (setting `honourDeletes`). */
  UsersForgotten: 'Count',
  /** Requests to forget a user that stay for the next day, mostly because a run of the user is at work. */
  ForgetsWaiting: 'Count',
  /** Daily invocations that could not read the whole ledger, or remove all they found, in their 15 minutes. */
  ForgetsUnfinished: 'Count',
  /** Occurrences of pulls that have begun. */
  PullsStarted: 'Count',
  /** Starts of pulls that were skipped, because the last occurrence was still at work. */
  PullsSkipped: 'Count',
  /** Tries of a step of a pull that brought nothing: a rate limit is reached, or a system does not answer. It is tried again. */
  PullsWaiting: 'Count',
  /** Occurrences of pulls that are done. */
  PullsDone: 'Count',
  /** Occurrences of pulls that have failed, also because they had not ended in their time. */
  PullsFailed: 'Count',
  /** Occurrences of pulls that an operator has stopped. */
  PullsStopped: 'Count',
  /** Deliveries of messages of pulls that ended in an unexpected error; the message comes back. */
  PullDeliveriesFailed: 'Count',
  /** Calls of outside systems, and files read, by occurrences of pulls that have ended. Tries that brought nothing do not count. */
  PullCalls: 'Count',
  /** Rows of files that they read. */
  PullRows: 'Count',
  /** Items that they found. */
  PullItems: 'Count',
  /** Of these, items that have not changed. */
  PullItemsUnchanged: 'Count',
  /** Of these, items beyond `atMost`, which are left to the next occurrence. */
  PullItemsBeyond: 'Count',
  /** Of these, items of which no event could be made. */
  PullItemsUnusable: 'Count',
  /** Runs that they queued. */
  PullRuns: 'Count',
  /** From the start of an occurrence of a pull to its end. */
  PullDuration: 'Milliseconds',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Values to emit; undefined values and counts of 0 are left out. */
export type MetricValues = Readonly<Partial<Record<MetricName, number | undefined>>>;

/** Metrics that are also emitted by trigger. Of `RunsParked` it is the lane. */
export const metricsByTrigger: readonly MetricName[] = [
  'RunsDone',
  'RunsFailed',
  'CreditsUsed',
  'RunsParked',
];

/** Metrics with the unit Count that tell how many there are, not how many were added. */
const levels: readonly MetricName[] = ['AccountCreditsRemaining', 'RunsParked'];

/**
 * Metrics that are also emitted by the version of the receiver function. They tell whether a new version refuses
 * requests, while the version before still accepts most of them.
 */
export const metricsByVersion: readonly MetricName[] = [
  'RequestsAccepted',
  'RequestsRefused',
  'SignatureRefused',
];

/** Metrics that a receiver of several sources also emits by source: what came, and what is lost. */
export const metricsBySource: readonly MetricName[] = [
  'RequestsAccepted',
  'SignatureRefused',
  'SignedRequestsRefused',
  'RequestsFailed',
  'EventsReceived',
];

/** Whether values are added up, so that a 0 can be left out; a time, share or level of 0 cannot. */
export function isCount(name: MetricName): boolean {
  return metricUnits[name] === 'Count' && !levels.includes(name);
}
