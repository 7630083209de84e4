/**
 * Why a run waits, is skipped or is given up: each reason once, with the sentence that tells people. The same word
 * stands in the ledger, the log, the results topic and the dead-letter queue.
 */
export const reasons = {
  // What it waits for.
  paused: 'An operator has paused all triggers; it goes on when they are resumed.',
  trigger_paused: 'An operator has paused this trigger; it goes on when the trigger is resumed.',
  collecting: 'It gathers further events, to be one run with them when the window closes.',
  kept_id_pending:
    "An earlier run of the same key is about to make this trigger's thread or persona; it uses that one.",
  budget_spent: "The trigger's budget is spent; it goes on in the next period, or when the budget is raised.",
  overall_budget_spent:
    'The budget of all triggers together is spent; it goes on in the next period, or when the budget is raised.',
  credits_low: "Mavera's own count says that the account has not enough credits left for it.",
  breaker_open:
    'Mavera refused the account or failed several times in a row; nobody calls it until a probe succeeds.',
  breaker_probing: 'Another run is finding out whether Mavera works again.',
  concurrency: 'As many calls of this kind are under way as Mavera takes at once.',
  pace: "It has a slot of Mavera's rate limit and waits for it.",
  pace_full: "All slots of Mavera's rate limit of the next 15 minutes are given away; it asks again.",
  slot_missed: 'It came too late for its slot and needs another one.',
  invocation_too_old: 'Too little was left of the invocation to call Mavera safely; another one does it.',
  api_key_unavailable: "Mavera's API key is not filled in, or cannot be read.",
  trigger_unknown: 'The triggers file has no such trigger (any more).',
  not_yet: 'Its message came back before its time.',
  answer_lost:
    'No whole answer came back: whether Mavera did the work is found out before it is asked again.',
  recovery_waits: 'Mavera could not be looked through for the work of a call whose answer was lost.',
  thread_gone: 'The thread that it was to continue is not at Mavera any more; it opens a new one.',
  persona_gone: 'The persona that it was to update is not at Mavera any more; it creates a new one.',
  focus_group_running: 'Mavera is at work on the focus group; it looks again for the result.',
  focus_group_unreadable: 'The state of the focus group could not be read; it looks again.',
  segment_write_key_missing:
    'It is done; its result waits to be reported to Segment until the secret has a segmentWriteKey.',
  segment_unavailable: 'It is done; Segment did not take the report of its result yet.',
  mavera_unreachable: 'Mavera could not be reached.',
  mavera_blocked:
    'Something in front of Mavera, such as a firewall or a proxy, refuses all calls; Mavera was not asked.',
  // Why it is not made at all.
  stale: 'Its event was older than the trigger allows by the time its turn came.',
  sampled_out: "It is not in the share of events that the trigger's sample takes.",
  cooldown: 'The trigger has had a run for the same key, and its cooldown is not over.',
  outdated: 'The persona of its key has been updated with a newer event, which it would overwrite.',
  collected: 'Its event was gathered with others; another run was made for all of them.',
  forgotten: 'An operator removed the data of its user.',
  // Why it was given up.
  expired: 'It waited beyond its deadline.',
  builder_failed: "The trigger's request builder threw.",
  request_invalid: "The trigger's request builder built what Mavera does not take.",
  action_unknown: 'The trigger has an action that does not exist.',
  attempts_exhausted: 'It was tried as often as is allowed.',
  answer_unreadable:
    'Mavera answered with success, but not as documented; the answer is kept, the credits are spent.',
  output_invalid: 'What the persona answered does not fit the schema that the trigger asks for.',
  focus_group_failed: 'Mavera says that the focus group has failed.',
  focus_group_too_long: 'The focus group was not finished in the time that the trigger allows.',
  crashed: 'The runner crashed, ran out of time or memory, or met a fault of its own, at five deliveries.',
  message_unreadable: 'What was in the queue is no run.',
  run_unknown: 'The ledger has no record of the run whose result was to be reported.',
  segment_report_failed: 'The result could not be delivered to Segment.',
  // Of a delivery that had nothing to do.
  letter_outdated:
    'A dead letter came back after its run had ended otherwise; it is in the dead-letter queue again.',
  held_by_another: 'Another delivery was at it.',
  finished_before: 'It was finished before.',
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
  400: ', the request is not one that it takes',
  401: ', the API key is not accepted',
  402: ', the account has no credits or its budget is spent',
  403: ', the account may not do this',
  404: ', there is no such thing',
  408: ', the request took too long',
  409: ', it is in conflict with something that is there',
  422: ', the request cannot be processed',
  429: ', the rate limit is reached',
  500: ', an internal error',
  502: ', a gateway had no answer',
  503: ', it is unavailable for now',
  504: ', a gateway waited too long',
};
