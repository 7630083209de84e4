import type { CallRecord } from '../access/callRecord.ts';
import { type Decision, decide, operationOf } from '../access/decide.ts';
import {
  type Agent,
  type AgentAccess,
  agentAccess,
  agentsOf,
  type Grants,
  removedTriggerAccess,
} from '../access/grants.ts';
import type { Operation, OperationRequest, System } from '../access/operation.ts';
import { type OperationName, operations } from '../access/operations.ts';
import { SecretUnavailableError } from '../secrets/cachedSecret.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type CallAnswer, statusOf } from './callAnswer.ts';
import { paceOfOperation, type ReachableSystem, type ReachableSystems } from './reachableSystems.ts';
import { retryAfterHold } from './readResponse.ts';
import { Refusals } from './refusals.ts';
import type { RequestCounts, SystemRequest } from './systemClient.ts';

/** A call waits for its slot if the slot is at most this far away. */
const longestWaitMs = 5_000;

/** What the gate needs. */
export interface SystemsGateOptions {
  readonly triggers: readonly Trigger[];
  /** The default export of `access.ts`; without one, triggers have what they declare. */
  readonly grants?: Grants | undefined;
  readonly systems: ReachableSystems;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onCall: (record: CallRecord) => void;
  /** Called for each failure that does not end the call. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** A call of an operation. */
export interface SystemCall {
  readonly agent: Agent;
  readonly operation: OperationName;
  readonly request: OperationRequest;
  /** The run that it is made for. */
  readonly runId?: string | undefined;
  /** Shorter than usual. */
  readonly timeoutMs?: number | undefined;
}

/** A call to Mavera in a slot that the run has. The operation is found by method and path. */
export interface MaveraCall {
  readonly agent: Agent;
  readonly request: SystemRequest;
  readonly apiKey: string;
  readonly runId: string;
  readonly timeoutMs?: number | undefined;
}

/** The gate refused the call. Nothing was called. */
export interface NotAllowed {
  readonly kind: 'not_allowed';
  /** A sentence that names no value of the request. */
  readonly detail: string;
}

/** The outcome of a call. The last three kinds: nothing was called. */
export type SystemAnswer =
  | CallAnswer
  /** The system's pace has no slot soon. */
  | { readonly kind: 'busy'; readonly untilMs: number }
  /** There is no key for the system, or it cannot be read. */
  | { readonly kind: 'no_credentials'; readonly detail: string }
  | NotAllowed;

/** A call that the gate has allowed. */
interface AllowedCall extends Pick<SystemCall, 'agent' | 'operation' | 'runId' | 'timeoutMs'> {
  readonly decision: Extract<Decision, { readonly kind: 'allowed' }>;
  readonly system: ReachableSystem;
  readonly body: OperationRequest['body'];
  readonly keys: readonly string[];
}

const nobodysAccess: AgentAccess = { access: {}, missing: [] };

/**
 * The gate in front of all outside systems. It decides on each call, waits for the system's pace, calls, reads the answer
 * in the same way for all systems, and records the call.
 */
export class SystemsGate {
  readonly #options: SystemsGateOptions;
  readonly #access: ReadonlyMap<Agent, AgentAccess>;
  readonly #refusals: Refusals;
  /** By system, the key that was accepted last: the others of a list are too new or too old. */
  readonly #goodKeys = new Map<System, string>();

  constructor(options: SystemsGateOptions) {
    this.#options = options;
    this.#refusals = new Refusals(options.now, options.onCall);
    this.#access = new Map(
      options.triggers
        .flatMap(agentsOf)
        .map((declared) => [declared.agent, agentAccess(declared, options.grants)]),
    );
  }

  /** The requests that this environment has made to a system. */
  requestsTo(system: System): RequestCounts {
    return this.#options.systems.get(system)?.client.requests ?? { made: 0, throttled: 0 };
  }

  /**
   * Makes one call, when the system's pace allows it.
   *
   * @throws what the AWS SDK throws when the ledger does not answer
   */
  async call(call: SystemCall): Promise<SystemAnswer> {
    const { agent, operation, request, runId } = call;
    const decision = this.#decide(agent, operation, request);
    if (decision.kind === 'refused') {
      return this.#refuse({ agent, operation, runId }, decision.detail);
    }
    const { system: name } = operations[operation];
    const system = this.#options.systems.get(name);
    const keys = system === undefined ? [] : await this.#keysFor(name, system, request);
    if (system === undefined || keys.length === 0) {
      const detail =
        system === undefined
          ? `This deployment has no URL and no secret for the system ${name}`
          : `The secret of the system ${name} has no key for this call, or cannot be read`;
      return { kind: 'no_credentials', detail };
    }
    const busy = await this.#waitForSlot(system, decision.operation);
    return busy ?? (await this.#send({ ...call, decision, system, keys, body: request.body }));
  }

  /** Makes one call to Mavera at once: the run has waited for its slot. It never rejects. */
  async callMavera(call: MaveraCall): Promise<CallAnswer | NotAllowed> {
    const { name, decision } = this.#decideOnMavera(call);
    const system = this.#options.systems.get('mavera');
    if (decision.kind === 'refused' || name === undefined || system === undefined) {
      return this.#refuseMavera(call, name, decision);
    }
    const { apiKey, request } = call;
    const allowed = { ...call, operation: name, decision, system, body: request.body, keys: [apiKey] };
    return await this.#send(allowed);
  }

  /** Whether {@link callMavera} would refuse a call, so that a run need not begin it. A refusal is recorded. */
  refusalOf(call: Omit<MaveraCall, 'apiKey'>): NotAllowed | undefined {
    const { name, decision } = this.#decideOnMavera(call);
    return decision.kind === 'refused' ? this.#refuseMavera(call, name, decision) : undefined;
  }

  /** Whether a trigger lacks access that it declares it needs. A refusal is recorded for each resource that it lacks. */
  lacksAccess(trigger: string, runId: string): NotAllowed | undefined {
    const agent: Agent = `trigger/${trigger}`;
    const refused = this.#accessOf(agent).missing.map((operation) => {
      const decision = this.#decide(agent, operation, {});
      const why = decision.kind === 'refused' ? decision.detail : 'it is not granted';
      return this.#refuse({ agent, operation, runId }, why);
    });
    return refused[0];
  }

  /** Records the refusals that were only counted so far, if the last record of their kind is old enough. */
  recordRefusals(): void {
    this.#refusals.recordOld();
  }

  #accessOf(agent: Agent): AgentAccess {
    const isTrigger = agent.startsWith('trigger/');
    return this.#access.get(agent) ?? (isTrigger ? removedTriggerAccess : nobodysAccess);
  }

  #decide(agent: Agent, name: string, request: OperationRequest): Decision {
    const { access, declared } = this.#accessOf(agent);
    const decision = decide(agent, name, request, { [agent]: access });
    return decision.kind === 'allowed' && declared?.has(name as OperationName) === false
      ? { kind: 'refused', reason: 'not_granted', detail: `it does not declare ${name}` }
      : decision;
  }

  #decideOnMavera({ agent, request }: Pick<MaveraCall, 'agent' | 'request'>): {
    readonly name: OperationName | undefined;
    readonly decision: Decision;
  } {
    const known = operationOf('mavera', request);
    return {
      name: known?.name,
      decision: this.#decide(agent, known?.name ?? '', known?.request ?? {}),
    };
  }

  #refuseMavera(
    { agent, runId }: Pick<MaveraCall, 'agent' | 'runId'>,
    operation: OperationName | 'unknown' = 'unknown',
    decision: Decision,
  ): NotAllowed {
    const why = decision.kind === 'refused' ? decision.detail : 'Mavera is not set up';
    return this.#refuse({ agent, operation, runId, system: 'mavera' }, why);
  }

  /** Whether the system's pace has no slot soon; otherwise it waits for the slot. */
  async #waitForSlot(system: ReachableSystem, operation: Operation): Promise<SystemAnswer | undefined> {
    const { now, sleep } = this.#options;
    const pace = paceOfOperation(system, operation);
    if (pace === undefined) {
      return undefined;
    }
    const intervalMs = await pace.intervalMs();
    const slot = await pace.slots.takeSlot({ nowMs: now(), intervalMs, horizonMs: longestWaitMs });
    if (slot.kind === 'full') {
      return { kind: 'busy', untilMs: slot.askAgainAtMs };
    }
    await sleep(Math.max(0, slot.slotAtMs - now()));
    return undefined;
  }

  async #keysFor(
    name: System,
    system: ReachableSystem,
    request: OperationRequest,
  ): Promise<readonly string[]> {
    try {
      const keys = await system.keys(request);
      const good = this.#goodKeys.get(name);
      return good !== undefined && keys.includes(good) ? [good, ...keys.filter((key) => key !== good)] : keys;
    } catch (error) {
      if (error instanceof SecretUnavailableError) {
        return [];
      }
      throw error;
    }
  }

  /** Calls, and records the call: a change before and after it, a read after it. */
  async #send(call: AllowedCall): Promise<CallAnswer> {
    const { decision, system, runId } = call;
    const { operation } = decision;
    const { now, onCall, onTrouble } = this.#options;
    const record: Omit<CallRecord, 'phase' | 'atMs'> = {
      record: 'call',
      agent: call.agent,
      operation: call.operation,
      ...facts(operation),
      host: system.host,
      decision: 'allowed',
      why: this.#accessOf(call.agent).declared?.get(call.operation) ?? 'access.ts grants it',
      runId,
    };
    const begunAtMs = now();
    if (operation.level !== 'read') {
      onCall({ ...record, phase: 'begins', atMs: begunAtMs });
    }
    const answer = await this.#callWithKeys(call);
    const atMs = now();
    onCall({
      ...record,
      phase: 'ended',
      atMs,
      outcome: answer.kind,
      status: answer.kind === 'answered' ? answer.status : statusOf(answer),
      durationMs: atMs - begunAtMs,
      credits: answer.kind === 'answered' ? creditsIn(answer.json) : undefined,
    });
    const holdUntilMs = retryAfterHold(answer, atMs);
    if (holdUntilMs !== undefined) {
      // If the hold is not written, others get a 429, which costs nothing.
      await paceOfOperation(system, operation)
        ?.slots.holdUntil(holdUntilMs)
        .catch((error: unknown) => onTrouble('the retry-after hold could not be written', error));
    }
    return answer;
  }

  /** While a key is being rotated, the system may know only one of the list: after a 401, the next one is tried. */
  async #callWithKeys({ decision, system, body, keys, timeoutMs }: AllowedCall): Promise<CallAnswer> {
    const { operation, path } = decision;
    const request = { method: operation.method, path, ...(body === undefined ? {} : { body }) };
    let answer: CallAnswer = { kind: 'unreachable', detail: 'There is no key' };
    for (const key of keys) {
      answer = await system.client.call(request, key, timeoutMs);
      if (answer.kind === 'answered' || statusOf(answer) !== 401) {
        this.#goodKeys.set(operation.system, key);
        return answer;
      }
    }
    // They may have been replaced. If they cannot be read now, a later call finds out.
    await system.refreshKeys().catch(() => undefined);
    return answer;
  }

  #refuse(
    call: {
      readonly agent: Agent;
      readonly operation: CallRecord['operation'];
      readonly runId?: string | undefined;
      readonly system?: System;
    },
    why: string,
  ): NotAllowed {
    const { agent, runId, system = 'mavera' } = call;
    const operation = Object.hasOwn(operations, call.operation) ? call.operation : 'unknown';
    const known = operation === 'unknown' ? { system } : facts(operations[operation]);
    this.#refusals.note({
      record: 'call',
      phase: 'refused',
      atMs: this.#options.now(),
      agent,
      operation,
      ...known,
      host: this.#options.systems.get(known.system)?.host,
      decision: 'refused',
      why,
      runId,
    });
    return { kind: 'not_allowed', detail: `${agent.replace('/', ' ')} may not make this call: ${why}` };
  }
}

function facts({ system, resource, level }: Operation): Pick<CallRecord, 'system' | 'resource' | 'level'> {
  return { system, resource: `${system}.${resource}`, level };
}

/** The credits that an answer of Mavera says it cost. */
function creditsIn(json: unknown): number | undefined {
  const { usage, credits_charged } = (json ?? {}) as {
    readonly usage?: { readonly credits_used?: unknown } | null;
    readonly credits_charged?: unknown;
  };
  const credits = credits_charged ?? usage?.credits_used;
  return typeof credits === 'number' && credits >= 0 ? credits : undefined;
}
