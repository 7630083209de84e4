import type { CallRecord } from '../../../functions/access/callRecord.ts';
import type { Grants } from '../../../functions/access/grants.ts';
import type { System } from '../../../functions/access/operation.ts';
import { operations } from '../../../functions/access/operations.ts';
import type { ReachableSystem } from '../../../functions/systems/reachableSystems.ts';
import { SystemClient } from '../../../functions/systems/systemClient.ts';
import { SystemsGate } from '../../../functions/systems/systemsGate.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

/** What a gate in front of one system is put together from. */
export interface GateOnOptions extends Partial<Pick<ReachableSystem, 'pace' | 'refreshKeys'>> {
  readonly baseUrl: string;
  /** @default one key */
  readonly keys?: readonly string[];
  /** Instead of `keys`. */
  readonly readKeys?: () => Promise<readonly string[]>;
  readonly triggers?: readonly Trigger[];
  /** @default without triggers, every operation of the system for the agent `trigger/reports` */
  readonly grants?: Grants;
  readonly timeoutMs?: number;
  readonly now?: () => number;
  /** @default at once */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly onCall?: (record: CallRecord) => void;
  /** @default throws */
  readonly onTrouble?: (what: string, error: unknown) => void;
}

/** A real gate and a real client in front of one system, without a pace unless one is given. */
export function gateOn(system: System, options: GateOnOptions): SystemsGate {
  const { baseUrl, keys = ['key-of-the-test'], timeoutMs = 10_000, now = Date.now, pace } = options;
  const resources = Object.values(operations).filter((operation) => operation.system === system);
  const everything = Object.fromEntries(resources.map(({ resource }) => [`${system}.${resource}`, 'full']));
  return new SystemsGate({
    triggers: options.triggers ?? [{ name: 'reports', when: '', run: nothing }],
    grants:
      options.triggers === undefined ? (options.grants ?? { 'trigger/reports': everything }) : options.grants,
    systems: new Map([
      [
        system,
        {
          client: new SystemClient({ system, baseUrl, timeoutMs, now }),
          host: new URL(baseUrl).host,
          keys: options.readKeys ?? (async () => keys),
          refreshKeys: options.refreshKeys ?? (async () => undefined),
          pace,
        },
      ],
    ]),
    now,
    sleep: options.sleep ?? (async () => undefined),
    onCall: options.onCall ?? (() => undefined),
    onTrouble:
      options.onTrouble ??
      ((what, error) => {
        throw new Error(what, { cause: error });
      }),
  });
}

const nothing = { kind: 'askMave', build: () => ({ message: '' }) } as unknown as Trigger['run'];
