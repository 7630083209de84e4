import { Contacts } from './contactSet.ts';
import { defaultSingleSends } from './defaultSingleSends.ts';
import { ContactExports, type ExportTimes } from './exports.ts';
import type { SingleSend } from './singleSend.ts';

/** The data of an account's Marketing Campaigns. */
export interface MarketingOptions extends ExportTimes {
  /** How many contacts there are. */
  readonly contacts: number;
  /** Newest first. @default those of `defaultSingleSends.ts` */
  readonly singleSends?: readonly SingleSend[] | undefined;
}

/** Marketing Campaigns: contacts with their lists, segments and exports, and single sends with their statistics. */
export class Marketing {
  readonly contacts: Contacts;
  readonly exports: ContactExports;
  singleSends: readonly SingleSend[];

  constructor({ contacts, singleSends, ...times }: MarketingOptions, now: () => number) {
    this.contacts = new Contacts(contacts, now);
    this.exports = new ContactExports(this.contacts, times);
    this.singleSends = singleSends ?? defaultSingleSends(now());
  }
}
