import type { CallRecord } from '../access/callRecord.ts';

/** Refusals of one kind are recorded at once, and then at most this often. */
const recordEveryMs = 60_000;

/** Refusals of one agent, operation and reason. */
interface Kind {
  recordedAtMs: number;
  /** The last of those that were not recorded, and how many there are. */
  last: CallRecord | undefined;
  count: number;
}

/** Records refusals, but not each of a flood: they are counted, and recorded once a minute with their number. */
export class Refusals {
  readonly #now: () => number;
  readonly #onCall: (record: CallRecord) => void;
  readonly #kinds = new Map<string, Kind>();

  constructor(now: () => number, onCall: (record: CallRecord) => void) {
    this.#now = now;
    this.#onCall = onCall;
  }

  /** Records a refusal at once or later. */
  note(record: CallRecord): void {
    const name = JSON.stringify([record.agent, record.operation, record.why]);
    const kind = this.#kinds.get(name) ?? {
      recordedAtMs: Number.NEGATIVE_INFINITY,
      last: undefined,
      count: 0,
    };
    this.#kinds.set(name, kind);
    kind.last = record;
    kind.count += 1;
    this.recordOld();
  }

  /** Records what was counted since the last record, if that is old enough. */
  recordOld(): void {
    const nowMs = this.#now();
    for (const kind of this.#kinds.values()) {
      if (kind.last !== undefined && nowMs - kind.recordedAtMs >= recordEveryMs) {
        this.#onCall({ ...kind.last, repeated: kind.count - 1 });
        kind.recordedAtMs = nowMs;
        kind.last = undefined;
        kind.count = 0;
      }
    }
  }
}
