import type * as z from 'zod';
import { type ApiAnswer, callApi } from '../callApi.ts';
import { ConnectError } from '../connectError.ts';
import { apiProblem, waitAskedFor } from './apiProblem.ts';
import {
  catalogSchema,
  destinationAnswer,
  destinationsPage,
  errorsSchema,
  mappingsPage,
  type SegmentDestination,
  type SegmentMapping,
  type SegmentSource,
  sourcesPage,
} from './apiSchemas.ts';
import { secretsIn } from './secretsIn.ts';

/** What the client needs. */
export interface SegmentApiOptions {
  /** Without a path, e.g. `https://api.segmentapis.com`. */
  readonly apiUrl: string;
  readonly token: string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called when a call has to wait. */
  readonly onWait: (text: string) => void;
}

/** What the catalog says about a destination. */
export interface CatalogEntry {
  readonly settingNames: readonly string[];
  /** Ids by slug. */
  readonly actions: ReadonlyMap<string, string>;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  /** What the call does, for people: the words after "to". */
  readonly purpose: string;
  readonly body?: unknown;
}

const maxTries = 4;
const firstPauseMs = 500;
/** The longest wait without asking the user. */
const longestWaitMs = 90_000;
const pageSize = 100;

/** Client of Segment's Public API, as far as a connection needs it. Source: docs.segmentapis.com. */
export class SegmentApi {
  readonly #options: SegmentApiOptions;

  constructor(options: SegmentApiOptions) {
    this.#options = options;
  }

  /** @throws ConnectError, like all of these methods */
  async sources(): Promise<readonly SegmentSource[]> {
    return await this.#pages('/sources', 'list the sources', sourcesPage, (page) => page.sources);
  }

  async destinations(): Promise<readonly SegmentDestination[]> {
    return await this.#pages(
      '/destinations',
      'list the destinations',
      destinationsPage,
      (page) => page.destinations,
    );
  }

  async mappings(destinationId: string): Promise<readonly SegmentMapping[]> {
    const path = `/destinations/${encodeURIComponent(destinationId)}/subscriptions`;
    return await this.#pages(path, 'list the mappings', mappingsPage, (page) => page.subscriptions);
  }

  async catalogEntry(metadataId: string): Promise<CatalogEntry> {
    const path = `/catalog/destinations/${encodeURIComponent(metadataId)}`;
    const { destinationMetadata } = await this.#call(
      { method: 'GET', path, purpose: 'look up Webhooks (Actions) in the catalog' },
      catalogSchema,
    );
    return {
      settingNames: destinationMetadata.options.map(({ name }) => name),
      actions: new Map(destinationMetadata.actions.map(({ slug, id }) => [slug, id])),
    };
  }

  async createDestination(body: object): Promise<SegmentDestination> {
    const call = { method: 'POST', path: '/destinations', purpose: 'create the destination', body } as const;
    return (await this.#call(call, destinationAnswer)).destination;
  }

  async changeDestination(id: string, body: object): Promise<void> {
    const path = `/destinations/${encodeURIComponent(id)}`;
    await this.#call({ method: 'PATCH', path, purpose: 'change the destination', body });
  }

  async createMapping(destinationId: string, body: object): Promise<void> {
    const path = `/destinations/${encodeURIComponent(destinationId)}/subscriptions`;
    await this.#call({ method: 'POST', path, purpose: 'create a mapping', body });
  }

  async changeMapping(destinationId: string, id: string, input: object): Promise<void> {
    const path = `/destinations/${encodeURIComponent(destinationId)}/subscriptions/${encodeURIComponent(id)}`;
    await this.#call({ method: 'PATCH', path, purpose: 'change a mapping', body: { input } });
  }

  /** Source: "Pagination"; the documented, dotted form. */
  async #pages<
    Page extends { readonly pagination?: { readonly next?: string | null | undefined } | undefined },
    Element,
  >(
    path: string,
    purpose: string,
    schema: z.ZodType<Page>,
    elementsOf: (page: Page) => readonly Element[],
  ): Promise<readonly Element[]> {
    const elements: Element[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ 'pagination.count': String(pageSize) });
      if (cursor !== undefined) {
        query.set('pagination.cursor', cursor);
      }
      const page: Page = await this.#call({ method: 'GET', path: `${path}?${query}`, purpose }, schema);
      elements.push(...elementsOf(page));
      const next = page.pagination?.next ?? '';
      cursor = next === '' || next === cursor ? undefined : next;
    } while (cursor !== undefined);
    return elements;
  }

  async #call<Answer = unknown>(call: Call, schema?: z.ZodType<Answer>): Promise<Answer> {
    const body = await this.#send(call);
    const answer = (body as { readonly data?: unknown } | undefined)?.data;
    if (schema === undefined) {
      return answer as Answer;
    }
    const parsed = schema.safeParse(answer);
    if (!parsed.success) {
      const where = parsed.error.issues[0]?.path.join('.') || 'data';
      throw new ConnectError(
        `Segment's answer to ${call.purpose} does not have the documented shape (${where}): set it up by hand, docs/connect-segment.md.`,
      );
    }
    return parsed.data;
  }

  /** Retries calls that can be made twice; a creation cannot. */
  async #send(call: Call): Promise<unknown> {
    const { sleep, onWait, apiUrl, token } = this.#options;
    for (let tries = 1; ; tries += 1) {
      const { status, body } = await this.#attempt(call);
      if (status >= 200 && status < 300 && !holdsErrors(body)) {
        return body;
      }
      const pauseMs = tries < maxTries ? pauseBeforeNext(call, status, body, tries) : undefined;
      if (pauseMs === undefined) {
        throw status === 0
          ? this.#unreachable(call, body)
          : apiProblem({
              status,
              purpose: call.purpose,
              apiUrl,
              body,
              hidden: [...secretsIn(call.body), token],
            });
      }
      if (status === 429) {
        onWait(`Segment asks to wait ${Math.ceil(pauseMs / 1000)} s`);
      }
      await sleep(pauseMs);
    }
  }

  async #attempt({ method, path, body }: Call): Promise<ApiAnswer> {
    const { apiUrl, token } = this.#options;
    return await callApi({ method, url: `${apiUrl}${path}`, token, body });
  }

  #unreachable({ purpose, method }: Call, reason: unknown): ConnectError {
    const again =
      method === 'POST' ? ' It may have been done: run the command again, it finds what is there.' : '';
    return new ConnectError(
      `Segment cannot be reached at ${this.#options.apiUrl} to ${purpose} (${String(reason)}).${again}`,
    );
  }
}

/** A success with errors is a failure. Segment documents never both. */
function holdsErrors(body: unknown): boolean {
  return errorsSchema.safeParse(body).success;
}

/** The pause before a retry; `undefined`: no retry. A creation that failed may have been done. */
function pauseBeforeNext({ method }: Call, status: number, body: unknown, tries: number): number | undefined {
  if (status === 429) {
    const waitMs = waitAskedFor(body);
    return waitMs !== undefined && waitMs <= longestWaitMs ? waitMs : undefined;
  }
  const isTrouble = status === 0 || status >= 500;
  return isTrouble && method !== 'POST' ? firstPauseMs * 2 ** tries : undefined;
}
