/** What is left to do in a system at one time. */
export interface Activity {
  readonly atMs: number;
  readonly messages: {
    readonly visible: number;
    readonly delayed: number;
    readonly inFlight: number;
  };
  /** Runs that wait in the ledger until the dispatcher or a person sends them on. */
  readonly parked: number;
  /** Invocations under way. */
  readonly busy: number;
  /** Invocations so far. */
  readonly invocations: number;
  /** Items of the ledger that are not at their end: claims that are being made, and runs that wait or call. */
  readonly open: readonly OpenItem[];
}

/** A claim or a run that is not at its end. Times are epoch milliseconds; 0 means none. */
export interface OpenItem {
  /** `run#…` or `claim#…`. */
  readonly key: string;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly updatedAtMs: number;
  readonly leaseUntilMs: number;
  /** The run waits until then. */
  readonly notBeforeMs: number;
}

/** Whether nothing will change any more. Then work that is not done is lost. */
export function isOver({ atMs, messages, parked, busy, open }: Activity): boolean {
  const { visible, delayed, inFlight } = messages;
  return visible + delayed + inFlight + parked + busy === 0 && open.every((item) => wakesAtMs(item) <= atMs);
}

/** Whether something changed between two looks. */
export function hasMoved(before: Activity, after: Activity): boolean {
  return trace(before) !== trace(after);
}

/** What a system waits for: `3 messages in flight; run#4f2a91… is waiting (pace), free in 14 s`. */
export function describeActivity({ atMs, messages, parked, busy, open }: Activity): string {
  const { visible, delayed, inFlight } = messages;
  const parts = [
    counted(visible, 'message to deliver', 'messages to deliver'),
    counted(delayed, 'message delayed', 'messages delayed'),
    counted(inFlight, 'message in flight', 'messages in flight'),
    counted(parked, 'parked run', 'parked runs'),
    counted(busy, 'invocation under way', 'invocations under way'),
    ...open.slice(0, mostNamed).map((item) => describeItem(item, atMs)),
    ...(open.length > mostNamed ? [`${open.length - mostNamed} more are open`] : []),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

/** `run#4f2a91… is waiting (pace), free in 14 s`. */
export function describeItem(item: OpenItem, nowMs: number): string {
  const why = item.reason === undefined ? '' : ` (${item.reason})`;
  const wakesMs = wakesAtMs(item) - nowMs;
  const when = wakesMs > 0 ? `, free in ${Math.ceil(wakesMs / 1000)} s` : '';
  return `${item.key} is ${item.state}${why}${when}`;
}

/** The end of the item's lease or of its wait, whichever is later. */
export function wakesAtMs({ leaseUntilMs, notBeforeMs }: OpenItem): number {
  return Math.max(leaseUntilMs, notBeforeMs);
}

const mostNamed = 3;

function trace({ messages, parked, busy, invocations, open }: Activity): string {
  return JSON.stringify([messages, parked, busy, invocations, open]);
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}
