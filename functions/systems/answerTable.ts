/**
 * Who caused an error, which decides what becomes of the run.
 * `request`: the run itself, so it ends; `account`: the key, the plan or the set-up, so all runs wait; `passing`:
 * neither, so the call is tried again.
 */
export type Fault = 'passing' | 'account' | 'request';

/** What a status means for a call. */
export type AnswerMeaning =
  | { readonly kind: 'refused'; readonly fault: Fault; readonly mayBeBilled: boolean }
  | { readonly kind: 'blocked'; readonly mayBeBilled: false }
  | { readonly kind: 'lost'; readonly mayBeBilled: true };

/** A row of the table: these statuses, with or without an error in the shape that the system documents (its envelope). */
export type AnswerRow = AnswerMeaning & {
  readonly envelope: boolean;
  /** `429` is one status, `4xx` a hundred of them. */
  readonly statuses: readonly string[];
};

/**
 * What each answer that is not a success means; the first row that has the status decides. A status that no row has is
 * `lost`. The same table stands in docs/triggers.md. It is Mavera's; for the other systems, which document less, it is used
 * too.
 *
 * With the envelope it is the system that answers, and Mavera's documents decide: 400 to 404 are not to be repeated, 429,
 * 500 and 503 are. Whether a failed call is billed is not documented. A 503 says that the work was not begun; a 500 and all
 * other failures may come after the work.
 *
 * Without the envelope it is something in front of the system that answers, such as a proxy, a firewall or a login page. Its
 * 3xx and 4xx mean that the system was not asked. Its 408 and 5xx come when the system's own answer does not, so the work
 * may have been done, and so may that of a success that cannot be read.
 *
 * Source: Mavera, "Errors"; RFC 9110, section 15.
 */
export const answerTable: readonly AnswerRow[] = [
  { envelope: true, statuses: ['3xx', '401', '402'], kind: 'refused', fault: 'account', mayBeBilled: false },
  { envelope: true, statuses: ['425', '429', '503'], kind: 'refused', fault: 'passing', mayBeBilled: false },
  { envelope: true, statuses: ['2xx', '408', '5xx'], kind: 'refused', fault: 'passing', mayBeBilled: true },
  { envelope: true, statuses: ['4xx'], kind: 'refused', fault: 'request', mayBeBilled: false },
  { envelope: false, statuses: ['2xx', '408', '5xx'], kind: 'lost', mayBeBilled: true },
  { envelope: false, statuses: ['3xx', '4xx'], kind: 'blocked', mayBeBilled: false },
];

/**
 * Looks an answer up in {@link answerTable}.
 *
 * @param status the HTTP status; 2xx for a success that holds an error, or cannot be read
 */
export function meaningOf(status: number, envelope: boolean): AnswerMeaning {
  const row = answerTable.find(
    ({ statuses, ...row }) =>
      row.envelope === envelope &&
      (statuses.includes(`${status}`) || statuses.includes(`${Math.floor(status / 100)}xx`)),
  );
  return row ?? { kind: 'lost', mayBeBilled: true };
}
