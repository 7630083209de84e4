/** The place of an entry: its number, then its key. */
export interface Place {
  readonly order: number;
  readonly pk: string;
}

const mostInChunk = 512;

/** Entries in the order of their places, hundreds of thousands of them: short lists, one after the other. */
export class SortedEntries<Entry extends Place> {
  #chunks: Entry[][] = [];

  get size(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  /** @param sorted in order */
  static from<Entry extends Place>(sorted: readonly Entry[]): SortedEntries<Entry> {
    const entries = new SortedEntries<Entry>();
    for (let start = 0; start < sorted.length; start += mostInChunk / 2) {
      entries.#chunks.push(sorted.slice(start, start + mostInChunk / 2));
    }
    return entries;
  }

  /** Adds an entry, in place of one with the same place. */
  put(entry: Entry): void {
    const chunkIndex = Math.min(this.#chunkOf(entry), Math.max(0, this.#chunks.length - 1));
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) {
      this.#chunks.push([entry]);
      return;
    }
    const index = firstNotBefore(chunk, entry);
    const found = chunk[index];
    chunk.splice(index, found !== undefined && areSame(found, entry) ? 1 : 0, entry);
    if (chunk.length > mostInChunk) {
      this.#chunks.splice(chunkIndex, 1, chunk.slice(0, mostInChunk / 2), chunk.slice(mostInChunk / 2));
    }
  }

  remove(place: Place): void {
    const chunkIndex = this.#chunkOf(place);
    const chunk = this.#chunks[chunkIndex] ?? [];
    const index = firstNotBefore(chunk, place);
    const found = chunk[index];
    if (found !== undefined && areSame(found, place)) {
      chunk.splice(index, 1);
      if (chunk.length === 0) {
        this.#chunks.splice(chunkIndex, 1);
      }
    }
  }

  /** The first entries after a place, or from the beginning. */
  after(place: Place | undefined, limit: number): readonly Entry[] {
    const taken: Entry[] = [];
    for (let index = place === undefined ? 0 : this.#chunkOf(place); taken.length < limit; index += 1) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) {
        break;
      }
      const later = place === undefined ? chunk : chunk.filter((entry) => isBefore(place, entry));
      taken.push(...later.slice(0, limit - taken.length));
    }
    return taken;
  }

  all(): readonly Entry[] {
    return this.#chunks.flat();
  }

  /** The first chunk whose last entry is not before the place. */
  #chunkOf(place: Place): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && isBefore(last, place)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

function firstNotBefore(sorted: readonly Place[], place: Place): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle];
    if (found !== undefined && isBefore(found, place)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function isBefore(one: Place, other: Place): boolean {
  return one.order < other.order || (one.order === other.order && one.pk < other.pk);
}

function areSame(one: Place, other: Place): boolean {
  return one.order === other.order && one.pk === other.pk;
}
