/** What is counted for a user. */
export type Removed = 'runs' | 'events' | 'keptIds' | 'cooldowns';

/** What was, or would be, removed of a user. */
export type RemovedOfUser = { readonly userId: string } & Readonly<Record<Removed, number>>;

/** Counts what is removed for each user. */
export class RemovedCounts {
  readonly #counts: ReadonlyMap<string, Record<Removed, number>>;

  constructor(ids: readonly string[]) {
    this.#counts = new Map(ids.map((id) => [id, { runs: 0, events: 0, keptIds: 0, cooldowns: 0 }]));
  }

  add(users: readonly string[], what: Removed): void {
    for (const user of users) {
      const counts = this.#counts.get(user);
      if (counts !== undefined) {
        counts[what] += 1;
      }
    }
  }

  all(): readonly RemovedOfUser[] {
    return [...this.#counts].map(([userId, counts]) => ({ userId, ...counts }));
  }
}
