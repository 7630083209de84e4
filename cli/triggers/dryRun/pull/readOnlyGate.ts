import type { Operation, OperationRequest, RateLimit } from '../../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../../functions/access/operations.ts';
import type { GateAnswer, PullGate } from '../../../../functions/pull/pullDependencies.ts';
import { recentExport } from './recentExport.ts';

type Call = Parameters<PullGate['call']>[0];

/** A call that would change something, so that it was not made. */
export interface WriteNotMade {
  readonly operation: OperationName;
  readonly request: OperationRequest;
}

/** What stood for an answer of a call that was not made. */
export interface Substitute {
  readonly operation: OperationName;
  /** A sentence. */
  readonly what: string;
}

export interface ReadOnlyGateOptions {
  /** The gate that makes the calls. */
  readonly gate: PullGate;
  /** Answers given by hand, by operation: it is not called. */
  readonly answers: ReadonlyMap<string, unknown>;
  readonly onSubstitute: (substitute: Substitute) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A fifth of the limit, as pulls use it in a deployment. */
const profiles: RateLimit = { name: 'segmentProfiles', requests: 20, perMs: 1_000 };
/** SendGrid publishes no limit. */
const others: RateLimit = { name: 'others', requests: 10, perMs: 1_000 };

/**
 * A gate that lets only reads through, no faster than their limits. Instead of a new export of contacts it gives one that is
 * there. What else would change something is not made.
 */
export class ReadOnlyGate implements PullGate {
  /** The first call that would have changed something; absent if there was none. */
  notMade: WriteNotMade | undefined;
  readonly #options: ReadOnlyGateOptions;
  /** By limit, when the next call may start. */
  readonly #nextAtMs = new Map<string, number>();

  constructor(options: ReadOnlyGateOptions) {
    this.#options = options;
  }

  async call(call: Call): Promise<GateAnswer> {
    const { answers, onSubstitute, gate } = this.#options;
    const { operation, request } = call;
    if (answers.has(operation)) {
      onSubstitute({ operation, what: 'its answer was given by --answer' });
      return { kind: 'answered', json: answers.get(operation) };
    }
    if (operations[operation].level === 'read') {
      await this.#waitForTurn(operations[operation]);
      return await gate.call(call);
    }
    const found = operation === 'startContactExport' ? await this.#recentExport(call) : undefined;
    if (found !== undefined) {
      onSubstitute({ operation, what: `the export ${found.id} of ${found.createdAt} is read instead` });
      return { kind: 'answered', json: { id: found.id } };
    }
    this.notMade ??= { operation, request };
    return { kind: 'not_allowed', detail: 'a dry run only reads' };
  }

  async #recentExport({ agent, request }: Call): Promise<ReturnType<typeof recentExport>> {
    const { gate, now } = this.#options;
    const answer = await gate.call({ agent, operation: 'listContactExports', request: {} });
    return answer.kind === 'answered' ? recentExport(answer.json, request.body ?? {}, now()) : undefined;
  }

  async #waitForTurn({ system, limit }: Operation): Promise<void> {
    const { now, sleep } = this.#options;
    const { name, requests, perMs } = system === 'segmentProfiles' ? profiles : (limit ?? others);
    const atMs = Math.max(now(), this.#nextAtMs.get(name) ?? 0);
    this.#nextAtMs.set(name, atMs + perMs / requests);
    await sleep(atMs - now());
  }
}
