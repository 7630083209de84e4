import type { Deployment } from '../../../cli/ops/deployment/deployment.ts';
import type { Output } from '../../../cli/ops/output.ts';
import { decideRuns } from '../../../cli/ops/runs/decideRuns.ts';
import { LedgerTable, number } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { parkedKey } from '../../../functions/ledger/parkedItem.ts';
import type { LocalSystem } from '../../../local/system.ts';
import { type CrashCase, keysOf } from './crashCase.ts';
import type { CrashSystem } from './crashSystem.ts';

/** How often the operator or the schedule tries again. */
const everyMs = 1_000;

/** Nobody reads what a command writes. */
const silent: Output = {
  isJson: false,
  text: () => undefined,
  document: () => undefined,
  lines: () => undefined,
  note: () => undefined,
};

/**
 * The part of operators and of the schedule in a case whose run is parked: before it is sent its trigger is paused, then the
 * trigger is resumed, or a person decides about the run.
 */
export class ParkedRun {
  readonly #system: LocalSystem;
  readonly #saboteur: CrashSystem['saboteur'];
  readonly #case: CrashCase;
  readonly #table: LedgerTable;
  readonly #desk: OperatorDesk;
  #wasParked = false;
  #actedAtMs = 0;

  constructor({ system, saboteur }: CrashSystem, crashCase: CrashCase) {
    this.#system = system;
    this.#saboteur = saboteur;
    this.#case = crashCase;
    this.#table = new LedgerTable(system.clients.dynamodb, system.resources.tableName);
    this.#desk = new OperatorDesk(this.#table);
  }

  /** Has the run parked when it comes in. */
  async prepare(): Promise<void> {
    if (this.#case.scenario.trigger === 'parked') {
      await this.#desk.pause('parked', Date.now());
    }
  }

  /** Does what is due now. Everything is repeated until the run has ended. */
  async act(): Promise<void> {
    if (Date.now() - this.#actedAtMs < everyMs) {
      return;
    }
    this.#actedAtMs = Date.now();
    if (!this.#wasParked && !(await this.#isParked())) {
      return;
    }
    this.#wasParked = true;
    const { parked } = this.#case.scenario;
    if (parked === 'dispatched') {
      this.#saboteur.expect(this.#case.id);
      await this.#desk.resume('parked');
      await this.#endLease();
      // The schedule may fire twice.
      await Promise.all([this.#system.runSchedule('dispatcher'), this.#system.runSchedule('dispatcher')]);
    } else if (parked !== undefined) {
      await decideRuns(deploymentOf(this.#system), parked, this.#runIds(), {}, Date.now(), silent);
    }
  }

  /** Leaves no trigger paused. */
  async end(): Promise<void> {
    await this.#desk.resume('parked');
  }

  async #isParked(): Promise<boolean> {
    const keys = this.#runIds().map(parkedKey);
    return (await this.#table.read(keys)).size === keys.length;
  }

  /** So that the work of a dead dispatcher is taken over at once. */
  async #endLease(): Promise<void> {
    await this.#table.update({
      pk: 'dispatcher',
      change: 'SET leaseUntilMs = :none',
      values: { ':none': number(0) },
    });
  }

  #runIds(): readonly string[] {
    return keysOf(this.#case).map(({ runId }) => runId);
  }
}

function deploymentOf({ clients, resources }: LocalSystem): Deployment {
  const { tableName, runQueueUrl, bulkQueueUrl, readyQueueUrl, deadLetterQueueUrl } = resources;
  return {
    title: 'crash system',
    flags: '',
    dynamodb: clients.dynamodb,
    sqs: clients.sqs,
    tableName,
    runQueueUrl,
    bulkQueueUrl,
    readyQueueUrl,
    deadLetterQueueUrl,
    readCaller: async () => 'the crash matrix',
    explain: () => undefined,
    close: () => undefined,
  };
}
