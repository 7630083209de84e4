import type { HandshakeFault } from '../../../simulators/tls/tlsFront.ts';
import type { Interference, ProxiedCall } from '../proxy/faultProxy.ts';
import { processOfPort } from '../proxy/processOfPort.ts';
import { type CrashCase, keysOf, type Step, stepName } from './crashCase.ts';
import {
  type DescribedCall,
  describeCall,
  describeMaveraCall,
  describeSystemCall,
  type OtherSystem,
} from './describeCall.ts';
import { type CallFault, interferenceOf, isAccountFault, isLasting } from './fault.ts';
import { caseNumber, type Role, visitorOf } from './scenario.ts';

/** The processes of the functions at this time. */
export type FunctionPids = Readonly<Record<Role, () => readonly number[]>>;

interface OpenCase {
  readonly crashCase: CrashCase;
  /** How often a call of each name was made. */
  readonly counts: Map<string, number>;
  readonly steps: Step[];
  /** Faults that were met, by their position among the case's points. */
  readonly met: Set<number>;
  /** TLS handshakes so far. */
  handshakes: number;
}

const pass: Interference = { kind: 'pass' };
/** How long the account is at fault. A run that met it later, as the breaker's probe, would make all others wait again. */
const accountFaultMs = 5_000;

/**
 * Finds the case of each call, by the keys in it or by the case that its process works on, and makes it meet the faults of the
 * case.
 */
export class Saboteur {
  readonly #cases = new Map<string, OpenCase>();
  readonly #byIdentity = new Map<string, OpenCase>();
  /** The case that each process worked on last. */
  readonly #atWork = new Map<number, OpenCase>();
  readonly #pidByConnection = new WeakMap<object, number>();
  /** Calls that were counted, with the fault of those that meet it at every attempt. */
  readonly #invocations = new Map<string, CallFault | undefined>();
  #awaited: OpenCase | undefined;
  /** The end of the account's fault; `undefined` until the first case meets it. */
  #accountFaultUntilMs: number | undefined;
  #pids: FunctionPids = { receiver: () => [], runner: () => [], dispatcher: () => [] };

  /** Sets whose calls are looked at; all others pass. */
  watch(pids: FunctionPids): void {
    this.#pids = pids;
  }

  /** Adds a case. If it starts cold, the next secret that is read is for it. */
  add(crashCase: CrashCase): void {
    const open: OpenCase = { crashCase, counts: new Map(), steps: [], met: new Set(), handshakes: 0 };
    this.#cases.set(crashCase.id, open);
    this.#accountFaultUntilMs = undefined;
    this.#awaited = crashCase.scenario.isCold === true ? open : this.#awaited;
    for (const { messageId, claimKey, runId, follower } of keysOf(crashCase)) {
      const own = [messageId, claimKey.slice('claim#'.length), runId];
      const next = follower === undefined ? [] : [follower.marker, follower.runId];
      for (const identity of [...own, ...next, visitorOf(caseNumber(crashCase.id))]) {
        this.#byIdentity.set(identity, open);
      }
    }
  }

  /** From now on the calls of the dispatcher are for this case: it is the only one with a parked run. */
  expect(id: string): void {
    this.#awaited = this.#cases.get(id);
  }

  /** The calls that a case has made, in order. */
  stepsOf(id: string): readonly Step[] {
    return this.#cases.get(id)?.steps ?? [];
  }

  /** How many of its faults a case has met. */
  metBy(id: string): number {
    return this.#cases.get(id)?.met.size ?? 0;
  }

  readonly decideOnAws = (call: ProxiedCall): Interference => {
    const described = describeCall(call);
    return described === undefined ? pass : this.#decide(call, described);
  };

  /** A handshake has no keys in it: its case is the one that the process worked on last. */
  readonly decideOnHandshake = (callerPort: number): HandshakeFault | undefined => {
    const pid = processOfPort(callerPort, this.#pids.runner());
    const open = pid === undefined ? undefined : this.#atWork.get(pid);
    if (open === undefined || open.crashCase.scenario.victim !== 'runner') {
      return undefined;
    }
    const nth = open.handshakes;
    open.handshakes += 1;
    const index = open.crashCase.points.findIndex(({ handshake }) => handshake === nth);
    if (index === -1) {
      return undefined;
    }
    open.met.add(index);
    return 'untrusted';
  };

  readonly decideOnMavera = (call: ProxiedCall): Interference => this.#decide(call, describeMaveraCall(call));

  /** What becomes of a call to an outside system other than Mavera. */
  decideOnSystem(system: OtherSystem): (call: ProxiedCall) => Interference {
    return (call) => this.#decide(call, describeSystemCall(system, call));
  }

  #decide(call: ProxiedCall, described: DescribedCall): Interference {
    const pid = this.#pidOf(call);
    if (pid === undefined) {
      return pass;
    }
    const role = this.#roleOf(pid);
    const open = role === 'dispatcher' ? this.#awaited : this.#caseOf(pid, described);
    if (open === undefined || open.crashCase.scenario.victim !== role) {
      return pass;
    }
    const fault = this.#faultFor(open, described);
    return fault === undefined
      ? pass
      : interferenceOf(fault, described.service, () => {
          this.#atWork.delete(pid);
          process.kill(pid, 'SIGKILL');
        });
  }

  #roleOf(pid: number): Role {
    if (this.#pids.receiver().includes(pid)) {
      return 'receiver';
    }
    return this.#pids.dispatcher().includes(pid) ? 'dispatcher' : 'runner';
  }

  #pidOf({ connection, callerPort }: ProxiedCall): number | undefined {
    const known = this.#pidByConnection.get(connection);
    const pid =
      known ??
      processOfPort(
        callerPort,
        Object.values(this.#pids).flatMap((pids) => pids()),
      );
    if (pid !== undefined && known === undefined) {
      this.#pidByConnection.set(connection, pid);
    }
    return pid;
  }

  #caseOf(pid: number, { identities, service }: DescribedCall): OpenCase | undefined {
    for (const identity of identities) {
      const open = this.#byIdentity.get(identity);
      if (open !== undefined) {
        this.#atWork.set(pid, open);
        return open;
      }
    }
    return this.#atWork.get(pid) ?? (service === 'secretsmanager' ? this.#awaited : undefined);
  }

  /** A further attempt of a call does not count as a call. */
  #faultFor(open: OpenCase, { name, invocationId = '' }: DescribedCall): CallFault | undefined {
    if (this.#invocations.has(invocationId)) {
      return this.#invocations.get(invocationId);
    }
    const nth = (open.counts.get(name) ?? 0) + 1;
    open.counts.set(name, nth);
    const step: Step = { call: name, nth };
    open.steps.push(step);
    const index = open.crashCase.points.findIndex((point) => stepName(point.step) === stepName(step));
    const planned = open.crashCase.points[index]?.fault;
    const isNotNow = planned === 'TLS' || (isAccountFault(planned) && !this.#isAccountAtFault());
    const fault = isNotNow ? undefined : planned;
    if (fault !== undefined) {
      open.met.add(index);
    }
    if (invocationId !== '') {
      this.#invocations.set(invocationId, fault !== undefined && isLasting(fault) ? fault : undefined);
    }
    return fault;
  }

  #isAccountAtFault(): boolean {
    this.#accountFaultUntilMs ??= Date.now() + accountFaultMs;
    return Date.now() < this.#accountFaultUntilMs;
  }
}
