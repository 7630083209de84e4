import { randomBytes, randomUUID } from 'node:crypto';
import { Refusal } from '../../http/refusal.ts';
import { problem, usualProblem } from '../problem.ts';
import type { ContactSet, Contacts } from './contactSet.ts';

/** How exports of an account go. */
export interface ExportTimes {
  /** From the start of an export until its file is ready. */
  readonly exportMs: number;
  /** How long a URL opens the file, from the answer that first has it. */
  readonly exportUrlMs: number;
  /** UNKNOWN at SendGrid: whether an export has another URL at each read. */
  readonly newUrlAtEachRead: boolean;
}

/** An export of contacts. */
export interface ContactExport {
  readonly id: string;
  readonly createdAtMs: number;
  readonly readyAtMs: number;
  readonly isFailing: boolean;
  readonly fileType: 'csv' | 'json';
  readonly lists: readonly ContactSet[];
  readonly segments: readonly ContactSet[];
  /** `undefined`: counted when it is ready. */
  contactCount: number | undefined;
}

export type ExportStatus = 'pending' | 'ready' | 'failure';

/** What a URL was signed with. */
interface SignedUrl {
  readonly exportId: string;
  readonly untilMs: number;
}

/** Exports are kept for so long. GUESS. */
export const exportKeptMs = 72 * 3_600_000;

/** The exports of an account. GUESS: one at a time. */
export class ContactExports {
  readonly times: ExportTimes;
  readonly #contacts: Contacts;
  readonly #exports = new Map<string, ContactExport>();
  readonly #urls = new Map<string, SignedUrl>();
  /** The signature that an export was given first. */
  readonly #firstSignatures = new Map<string, string>();
  #failing = 0;
  started = 0;

  constructor(contacts: Contacts, times: ExportTimes) {
    this.#contacts = contacts;
    this.times = times;
  }

  /** @throws Refusal 429 while another one is pending */
  start(wanted: Pick<ContactExport, 'fileType' | 'lists' | 'segments'>, nowMs: number): ContactExport {
    if (this.all(nowMs).some((one) => statusOf(one, nowMs) === 'pending')) {
      throw new Refusal(429, usualProblem(429));
    }
    const isFailing = this.#failing > 0;
    this.#failing -= isFailing ? 1 : 0;
    const readyAtMs = nowMs + this.times.exportMs;
    const started = {
      ...wanted,
      id: randomUUID(),
      createdAtMs: nowMs,
      readyAtMs,
      isFailing,
      contactCount: undefined,
    };
    this.#exports.set(started.id, started);
    this.started += 1;
    return started;
  }

  /** Newest first. */
  all(nowMs: number): readonly ContactExport[] {
    return [...this.#exports.values()]
      .filter(({ createdAtMs }) => nowMs < createdAtMs + exportKeptMs)
      .toReversed();
  }

  /** @throws Refusal 404 */
  find(id: string, nowMs: number): ContactExport {
    const found = this.all(nowMs).find((one) => one.id === id);
    if (found === undefined) {
      throw new Refusal(404, problem({ field: 'id', message: 'export not found' }));
    }
    return found;
  }

  countOf(one: ContactExport): number {
    one.contactCount ??= this.#contacts.countOfAny([...one.lists, ...one.segments]);
    return one.contactCount;
  }

  /** Signs a URL of a file. @returns its signature */
  sign(exportId: string, nowMs: number): string {
    const first = this.#firstSignatures.get(exportId);
    if (first !== undefined && !this.times.newUrlAtEachRead) {
      return first;
    }
    const signature = randomBytes(16).toString('hex');
    this.#firstSignatures.set(exportId, first ?? signature);
    this.#urls.set(signature, { exportId, untilMs: nowMs + this.times.exportUrlMs });
    return signature;
  }

  /** The export whose file a URL opens; `undefined` if it opens none, or none any more. */
  opened(exportId: string, signature: string, nowMs: number): ContactExport | undefined {
    const signed = this.#urls.get(signature);
    const isGood = signed?.exportId === exportId && nowMs < signed.untilMs;
    return isGood ? this.#exports.get(exportId) : undefined;
  }

  /** Forgets exports, as if they had never been started. @param id @default all */
  forget(id?: string): number {
    const ids = id === undefined ? [...this.#exports.keys()] : [id];
    return ids.filter((one) => this.#exports.delete(one)).length;
  }

  /** Ends the URLs that were given so far. @param id of their export. @default of all */
  expireUrls(id?: string): number {
    const ended = [...this.#urls].filter(([, { exportId }]) => id === undefined || exportId === id);
    for (const [signature] of ended) {
      this.#urls.delete(signature);
    }
    return ended.length;
  }

  /** Lets the next exports fail. */
  failNext(times: number): void {
    this.#failing = times;
  }
}

export function statusOf({ readyAtMs, isFailing }: ContactExport, nowMs: number): ExportStatus {
  if (nowMs < readyAtMs) {
    return 'pending';
  }
  return isFailing ? 'failure' : 'ready';
}
