interface Entry<Value> {
  readonly key: number;
  /** Keeps the order of those with the same key. */
  readonly order: number;
  readonly value: Value;
}

/** Values by a number, the lowest first (a binary heap); those of the same number in the order in which they came. */
export class EventHeap<Value> {
  readonly #entries: Entry<Value>[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  firstKey(): number | undefined {
    return this.#entries[0]?.key;
  }

  add(key: number, value: Value): void {
    const entry = { key, order: this.#order, value };
    this.#order += 1;
    let index = this.#entries.length;
    this.#entries.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#entries[above];
      if (parent === undefined || !isBefore(entry, parent)) {
        break;
      }
      this.#entries[index] = parent;
      index = above;
    }
    this.#entries[index] = entry;
  }

  takeFirst(): Value | undefined {
    const first = this.#entries[0];
    const last = this.#entries.pop();
    if (last !== undefined && this.#entries.length > 0) {
      this.#sink(last);
    }
    return first?.value;
  }

  #sink(entry: Entry<Value>): void {
    let index = 0;
    for (;;) {
      const left = this.#entries[2 * index + 1];
      const right = this.#entries[2 * index + 2];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, entry)) {
        break;
      }
      this.#entries[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    this.#entries[index] = entry;
  }
}

function isBefore<Value>(one: Entry<Value>, other: Entry<Value>): boolean {
  return one.key < other.key || (one.key === other.key && one.order < other.order);
}
