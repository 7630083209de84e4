/** What somebody else charges for taking events. */
export interface PeerPrice {
  readonly name: string;
  readonly dollarsPerMillion: number;
  /** Its words. */
  readonly terms: string;
  /** Where they stand. */
  readonly url: string;
  /** When, and by whom, they were read there. */
  readonly read: string;
}

/** List prices by the event; of those whose price by the event is not published, none. */
export const peerPrices: readonly PeerPrice[] = [
  {
    name: 'Hookdeck Outpost, managed',
    dollarsPerMillion: 10,
    terms: '“usage-based pricing starting at $10 per million events”',
    url: 'https://github.com/hookdeck/outpost#readme',
    read: 'November 2026, in a stored copy of unknown age',
  },
  {
    name: 'Svix',
    dollarsPerMillion: 100,
    terms: '“$0.0001 per msg” beyond the 50,000 of a plan, which costs from $490 a month',
    url: 'https://www.svix.com/pricing/',
    read: '20 September 2026, as transcribed by api-evangelist/svix on GitHub',
  },
];
