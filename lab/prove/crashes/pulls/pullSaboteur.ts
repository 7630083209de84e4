import type { Interference, ProxiedCall } from '../../proxy/faultProxy.ts';
import { processOfPort } from '../../proxy/processOfPort.ts';
import { type Step, stepName } from '../crashCase.ts';
import { describeCall } from '../describeCall.ts';
import { type CalledService, type CallFault, interferenceOf, isLasting } from '../fault.ts';
import type { PullCase } from './pullCase.ts';

/** Looks at a call before it is carried out, and may answer it itself. */
export type Interceptor = (name: string, call: ProxiedCall) => Interference | undefined;

interface OpenPullCase {
  readonly pullCase: PullCase;
  readonly intercept: Interceptor | undefined;
  readonly counts: Map<string, number>;
  readonly steps: Step[];
  hasMet: boolean;
}

const pass: Interference = { kind: 'pass' };
/** In the key of an item, in a message, and in a message that a call has as text. */
const triggerNames = [/"pull#([a-z0-9-]+)"/, /\\?"trigger\\?":\\?"([a-z0-9-]+)\\?"/];

/**
 * Finds the pull that each call of a puller is for, and makes it meet the fault of its case. A process works on one message at
 * a time, whose first call names the pull.
 */
export class PullSaboteur {
  readonly #cases = new Map<string, OpenPullCase>();
  /** The pull that each process worked on last. */
  readonly #atWork = new Map<number, string>();
  readonly #calledAtMs = new Map<string, number>();
  readonly #pidByConnection = new WeakMap<object, number>();
  /** Calls that were counted, with the fault of those that meet it at every attempt. */
  readonly #invocations = new Map<string, CallFault | undefined>();
  #pids: () => readonly number[] = () => [];

  /** Sets whose calls are looked at; all others pass. */
  watch(pids: () => readonly number[]): void {
    this.#pids = pids;
  }

  /** From now on the calls for the pull of a trigger are those of this case. */
  open(trigger: string, pullCase: PullCase, intercept?: Interceptor): void {
    this.#cases.set(trigger, { pullCase, intercept, counts: new Map(), steps: [], hasMet: false });
  }

  /** @returns the calls of the case, in order, and whether it has met its fault */
  close(trigger: string): { readonly steps: readonly Step[]; readonly hasMet: boolean } {
    const { steps = [], hasMet = false } = this.#cases.get(trigger) ?? {};
    this.#cases.delete(trigger);
    return { steps, hasMet };
  }

  /** The processes that worked on the pull last. */
  pidsOf(trigger: string): readonly number[] {
    return [...this.#atWork].flatMap(([pid, one]) => (one === trigger ? [pid] : []));
  }

  /** When the last call for the pull was made; 0 if there was none. */
  calledAtMs(trigger: string): number {
    return this.#calledAtMs.get(trigger) ?? 0;
  }

  readonly decideOnAws = (call: ProxiedCall): Interference => {
    const described = describeCall(call);
    return described === undefined
      ? pass
      : this.#decide(call, described.service, described.name, described.invocationId);
  };

  /** What becomes of a call to SegOps or SendGrid. Ids in its path are left out of its name. */
  decideOnSystem(system: 'segops' | 'sendgrid'): (call: ProxiedCall) => Interference {
    return (call) => {
      const [path = ''] = call.path.split('?');
      const general = path.replace(/^\/(?:api|v3\/marketing)(?=\/)/, '').replace(/\/[0-9a-f-]{36}/, '/{id}');
      return this.#decide(call, 'system', `${system} ${call.method} ${general}`, undefined);
    };
  }

  #decide(
    call: ProxiedCall,
    service: CalledService,
    name: string,
    invocationId: string | undefined,
  ): Interference {
    const pid = this.#pidOf(call);
    if (pid === undefined) {
      return pass;
    }
    const trigger = this.#triggerOf(pid, call);
    const open = trigger === undefined ? undefined : this.#cases.get(trigger);
    if (trigger === undefined || open === undefined) {
      return pass;
    }
    this.#calledAtMs.set(trigger, Date.now());
    const fault = this.#faultFor(open, name, invocationId);
    if (fault !== undefined) {
      return interferenceOf(fault, service, () => this.#kill(pid));
    }
    return open.intercept?.(name, call) ?? pass;
  }

  #kill(pid: number): void {
    this.#atWork.delete(pid);
    process.kill(pid, 'SIGKILL');
  }

  #pidOf({ connection, callerPort }: ProxiedCall): number | undefined {
    const known = this.#pidByConnection.get(connection) ?? processOfPort(callerPort, this.#pids());
    if (known !== undefined) {
      this.#pidByConnection.set(connection, known);
    }
    return known;
  }

  #triggerOf(pid: number, { body }: ProxiedCall): string | undefined {
    const text = decoded(body);
    const named = triggerNames.map((name) => name.exec(text)?.[1]).find((found) => found !== undefined);
    if (named !== undefined) {
      this.#atWork.set(pid, named);
    }
    return named ?? this.#atWork.get(pid);
  }

  /** A further attempt of a call does not count as a call. */
  #faultFor(open: OpenPullCase, name: string, invocationId: string | undefined): CallFault | undefined {
    if (invocationId !== undefined && this.#invocations.has(invocationId)) {
      return this.#invocations.get(invocationId);
    }
    const nth = (open.counts.get(name) ?? 0) + 1;
    open.counts.set(name, nth);
    const step: Step = { call: name, nth };
    open.steps.push(step);
    const { point } = open.pullCase;
    const isHere = point !== undefined && stepName(point.step) === stepName(step);
    const fault = isHere && point.fault !== 'TLS' ? point.fault : undefined;
    open.hasMet ||= fault !== undefined;
    if (invocationId !== undefined) {
      this.#invocations.set(invocationId, fault !== undefined && isLasting(fault) ? fault : undefined);
    }
    return fault;
  }
}

/** SNS has its parameters as a form. */
function decoded(body: string): string {
  return body.startsWith('{') || !body.includes('%22') ? body : decodeURIComponent(body.replaceAll('+', ' '));
}
