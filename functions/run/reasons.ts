/**
 * Why a run waits, is skipped or fails: each reason once, with a sentence for people. The ledger, the log, the results
 * topic and the dead-letter queue use the same word.
 */
export const reasons = {
  // Why a run waits.
  paused: 'An operator has paused all triggers; it goes on when they are resumed.',
  trigger_paused: 'An operator has paused this trigger; it goes on when the trigger is resumed.',
  approval:
    'It is expected to cost more credits than its trigger allows without approval; an operator has to approve or deny it.',
  collecting: 'It collects further events. When the window closes, one run is made for all of them.',
  kept_id_pending:
    "An earlier run of the same key is creating this trigger's thread or persona; this run will use it.",
  budget_spent: "The trigger's budget is spent; it goes on in the next period, or when the budget is raised.",
  overall_budget_spent:
    'The budget of all triggers together is spent; it goes on in the next period, or when the budget is raised.',
  credits_low: "Mavera's `GET /usage` says that the account does not have enough credits for it.",
  breaker_open:
    'Mavera refused the account or failed several times in a row; no run calls it until a probe succeeds.',
  breaker_probing: 'Another run is testing whether Mavera works again.',
  concurrency: 'The concurrency cap is reached: Mavera allows no more calls of this kind at once.',
  pace: 'It has a rate-limit slot and waits for it.',
  pace_full: 'No rate-limit slot was free when it came; it gets one when its turn comes.',
  slot_missed: 'It came too late for its rate-limit slot and needs another one.',
  invocation_too_old:
    'The invocation had too little time left to call Mavera safely; another one makes the call.',
  api_key_unavailable: "Mavera's API key is not filled in, or cannot be read.",
  profile_unavailable: 'The profile that it looks up could not be read from Segment; it asks again.',
  segops_unavailable:
    'SegOps has not answered what it looks up, or has not accepted the report of its result; it is tried again.',
  workspace_unavailable: "Mavera's workspaces could not be read; it asks again.",
  system_busy: 'The limit of the system that it asks is reached; it asks when there is room again.',
  trigger_unknown: 'The triggers file does not have this trigger, or not any more.',
  not_yet: 'Its message came back before its time.',
  has_begun: 'It has begun, so it goes on before new runs.',
  answer_lost:
    'No complete answer came back. Before it calls again, it searches Mavera for the work of that call.',
  recovery_waits: 'It has not finished its search of Mavera for the work of a call whose answer was lost.',
  thread_gone: 'Mavera no longer has the thread that it continues; it opens a new one.',
  persona_gone: 'Mavera no longer has the persona that it updates; it creates a new one.',
  focus_group_running: 'Mavera is still working on the focus group; it polls again for the result.',
  focus_group_unreadable: 'The state of the focus group could not be read; it polls again.',
  segment_write_key_missing:
    'It is done; its result waits to be reported to Segment until the write key of a Segment source is filled in.',
  segment_unavailable: 'It is done; Segment has not accepted the report of its result yet.',
  segops_key_missing:
    'It is done; its result waits to be reported to SegOps until the secret has an API key that SegOps accepts.',
  mavera_unreachable: 'Mavera could not be reached.',
  mavera_blocked:
    'Something in front of Mavera, such as a firewall or a proxy, refuses all calls; they do not reach Mavera.',
  // Why a run is skipped.
  stale: 'When its turn came, its event was older than the trigger allows.',
  sampled_out: "Its event is not in the trigger's sample.",
  cancelled: 'Before it began, a later event or an operator cancelled it.',
  denied: 'An operator denied it.',
  not_wanted: "Its trigger's `only` returned false.",
  cooldown: 'The trigger has already had a run for the same key, and the cooldown is not over.',
  outdated:
    'The persona of its key has already been updated with a newer event; this run would overwrite it.',
  collected: 'Its event was collected with others; one run was made for all of them.',
  forgotten: 'An operator removed the data of its user.',
  // Why a run fails.
  not_allowed: 'It may not make a call that it needs; access.ts has to grant it. Nothing was called.',
  expired: 'It was not finished by its deadline.',
  builder_failed: "The trigger's request builder threw, or another of its functions.",
  lookup_failed:
    'What it looks up cannot be used: a setting is missing, the system refused, or its answer is not as documented.',
  request_invalid: "The trigger's request builder built a request that Mavera does not accept.",
  action_unknown: 'The trigger has an action that does not exist.',
  attempts_exhausted: 'All of its attempts failed.',
  answer_unreadable:
    'Mavera answered with success, but not as documented. The answer is kept; the credits are spent.',
  output_invalid: "The persona's answer does not match the schema that the trigger asks for.",
  focus_group_failed: 'Mavera says that the focus group has failed.',
  focus_group_too_long: 'The focus group was not finished in the time that the trigger allows.',
  crashed: 'The runner failed at five deliveries: it crashed, ran out of time or memory, or has a bug.',
  message_unreadable: 'The message in the queue is not a run.',
  run_unknown: 'The ledger has no item of the run whose result should be reported.',
  segment_report_failed: 'The result could not be delivered to Segment.',
  segops_report_failed: 'The result could not be delivered to SegOps.',
  // Why a delivery did nothing.
  letter_outdated:
    'A dead letter came back, but its run has ended in another way since; it is in the dead-letter queue again.',
  held_by_another: 'Another delivery had the lease of the run.',
  finished_before: 'The run had already ended.',
  nothing_to_report: 'Its event has no user id, or its trigger has nothing to report of its result.',
} as const;

/** A word of {@link reasons}, or `mavera_` and the HTTP status that Mavera answered. */
export type Reason = keyof typeof reasons | `mavera_${number}`;

/** The sentence of a reason, for people; the word itself for one that this version does not know. */
export function explainReason(reason: string): string {
  const status = /^mavera_(\d{3})$/.exec(reason)?.[1];
  if (status !== undefined) {
    return `Mavera answered ${status}${meanings[status] ?? ''}.`;
  }
  return Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : reason;
}

const meanings: Readonly<Record<string, string>> = {
  200: ', with an error inside',
  400: ', the request is not valid',
  401: ', the API key is not accepted',
  402: ', the account has no credits or its budget is spent',
  403: ', the account is not allowed to do this',
  404: ', it was not found',
  408: ', the request took too long',
  409: ', it is in conflict with something that exists',
  422: ', the request cannot be processed',
  429: ', the rate limit is reached',
  500: ', an internal error',
  502: ', a gateway got no valid answer',
  503: ', it is unavailable for now',
  504: ', a gateway waited too long',
};
