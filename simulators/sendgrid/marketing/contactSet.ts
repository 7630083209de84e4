import { type Contact, contactAt, uuidOf } from './contact.ts';

/** A list or a segment: a named part of the contacts. */
export interface ContactSet {
  readonly id: string;
  readonly name: string;
  /** Of a segment: SendGrid's query. Absent: a list. */
  readonly query?: string;
  readonly has: (contact: Contact) => boolean;
}

/** The lists of the made-up account. */
export const defaultLists: readonly ContactSet[] = [
  list('Newsletter', ({ customer }) => customer.channels.includes('email')),
  list('Customers', ({ customer }) => customer.ltv > 0),
];

/**
 * The segments of the made-up account. "Enterprise travel" is so small that its sample has all of it.
 */
export const defaultSegments: readonly ContactSet[] = [
  segment('High value', 'ltv >= 2000', ({ custom }) => Number(custom.ltv) >= 2_000),
  segment(
    'At risk',
    'ltv >= 500 AND days_since_order > 90',
    ({ custom }) => Number(custom.ltv) >= 500 && Number(custom.days_since_order) > 90,
  ),
  segment(
    'Enterprise travel',
    "plan = 'enterprise' AND industry = 'travel'",
    ({ custom }) => custom.plan === 'enterprise' && custom.industry === 'travel',
  ),
];

/** The contacts of an account by their numbers, from 0. They are made when they are read. */
export class Contacts {
  readonly total: number;
  readonly lists: readonly ContactSet[];
  readonly segments: readonly ContactSet[];
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();

  constructor(total: number, now: () => number) {
    this.total = total;
    this.#now = now;
    this.lists = defaultLists;
    this.segments = defaultSegments;
  }

  /** All contacts of one of the sets, or every contact if there is no set. */
  *of(sets: readonly ContactSet[]): Generator<Contact> {
    const nowMs = this.#now();
    for (let index = 0; index < this.total; index += 1) {
      const contact = contactAt(index, nowMs);
      if (sets.length === 0 || sets.some((one) => one.has(contact))) {
        yield contact;
      }
    }
  }

  /** The first contacts of a set. */
  sampleOf(set: ContactSet, most: number): readonly Contact[] {
    const sample: Contact[] = [];
    for (const contact of this.of([set])) {
      if (sample.push(contact) >= most) {
        break;
      }
    }
    return sample;
  }

  /** How many contacts a set has. */
  countOf(set: ContactSet): number {
    const counted = this.#counts.get(set.id) ?? this.countOfAny([set]);
    this.#counts.set(set.id, counted);
    return counted;
  }

  /** How many contacts are in any of the sets, or all contacts if there is no set. */
  countOfAny(sets: readonly ContactSet[]): number {
    if (sets.length === 0) {
      return this.total;
    }
    let count = 0;
    for (const _contact of this.of(sets)) {
      count += 1;
    }
    return count;
  }
}

function list(name: string, has: ContactSet['has']): ContactSet {
  return { id: uuidOf(`list ${name}`), name, has };
}

function segment(name: string, condition: string, has: ContactSet['has']): ContactSet {
  const query = `SELECT contact_id, updated_at FROM contact_data WHERE ${condition}`;
  return { id: uuidOf(`segment ${name}`), name, query, has };
}
