import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { pulledKey, pullKey } from '../../../../functions/ledger/keys.ts';
import { LedgerTable, number, text } from '../../../../functions/ledger/ledgerTable.ts';
import type { PullCursor } from '../../../../functions/ledger/pullCursor.ts';
import { PullCursors } from '../../../../functions/ledger/pullCursors.ts';
import { type PullMessage, writePullMessage } from '../../../../functions/pull/pullMessage.ts';
import type { Step } from '../crashCase.ts';
import { interceptorOf } from './interceptors.ts';
import type { PullCase } from './pullCase.ts';
import type { PullSystem } from './pullSystem.ts';

/** What was found of one case when its occurrence was over. */
export interface TriedPull {
  readonly pullCase: PullCase;
  readonly trigger: string;
  readonly occurrence: string;
  /** The calls for it, in order. */
  readonly steps: readonly Step[];
  readonly hasMet: boolean;
  /** Absent if the occurrence came to no end. */
  readonly last: PullCursor['last'];
  readonly exportsStarted: number;
}

const lookEveryMs = 100;
/** A puller that is at work makes a call more often than this. */
const idleMs = 500;
/** An occurrence that is not over then is stuck. Without waits it takes seconds. */
const longestMs = 900_000;

/**
 * Starts one occurrence and waits for its end. Nobody waits for what is only a matter of time: while no process works on the
 * pull, the lease of a dead one is ended, and a step that waits is due, and its message comes.
 *
 * @param items of earlier occurrences, which the ledger forgets, so that they start runs again
 */
export async function tryPullCase(
  pullSystem: PullSystem,
  trigger: string,
  pullCase: PullCase,
  items: readonly string[],
): Promise<TriedPull> {
  const { saboteur, sendgrid } = pullSystem;
  const pull = new WatchedPull(pullSystem, trigger, `${pullCase.id}-${Date.now()}`);
  await pull.forget(items);
  if (pullCase.kind === 'contacts') {
    sendgrid.forgetExports();
    sendgrid.failExports(pullCase.special === 'export failed' ? 1 : 0);
  }
  const startedBefore = sendgrid.exportsStarted();
  saboteur.open(trigger, pullCase, interceptorOf(pullCase.special, pullSystem));
  const last = await pull.follow(pullCase.special);
  const exportsStarted = pullCase.kind === 'contacts' ? sendgrid.exportsStarted() - startedBefore : 0;
  return {
    pullCase,
    trigger,
    occurrence: pull.occurrence,
    last,
    exportsStarted,
    ...saboteur.close(trigger),
  };
}

class WatchedPull {
  readonly occurrence: string;
  readonly #pullSystem: PullSystem;
  readonly #trigger: string;
  readonly #table: LedgerTable;
  readonly #cursors: PullCursors;
  #nudgedAtMs = 0;
  #hasForgotten = false;
  #lastVersion = -1;

  constructor(pullSystem: PullSystem, trigger: string, occurrence: string) {
    const { clients, resources } = pullSystem.system;
    this.#pullSystem = pullSystem;
    this.#trigger = trigger;
    this.occurrence = occurrence;
    this.#table = new LedgerTable(clients.dynamodb, resources.tableName);
    this.#cursors = new PullCursors(this.#table);
  }

  async forget(items: readonly string[]): Promise<void> {
    const { clients, resources } = this.#pullSystem.system;
    for (const item of items) {
      const Key = { pk: { S: pulledKey(this.#trigger, item) } };
      await clients.dynamodb.send(new DeleteItemCommand({ TableName: resources.tableName, Key }));
    }
  }

  /** @returns how it ended, once that was told */
  async follow(special: PullCase['special']): Promise<PullCursor['last']> {
    const starts = special === 'start delivered twice' ? 2 : 1;
    await Promise.all(Array.from({ length: starts }, () => this.#send({ kind: 'start' })));
    const giveUpAtMs = Date.now() + longestMs;
    for (;;) {
      const cursor = (await this.#cursors.read([this.#trigger])).get(this.#trigger);
      if (cursor?.last?.occurrence === this.occurrence && cursor.toldOccurrence === this.occurrence) {
        if (special === 'start delivered twice') {
          await this.#send({ kind: 'start' });
        }
        return cursor.last;
      }
      if (Date.now() > giveUpAtMs) {
        return undefined;
      }
      if (cursor?.occurrence === this.occurrence) {
        await this.#act(cursor, special);
      }
      await sleep(lookEveryMs);
    }
  }

  async #act(cursor: PullCursor, special: PullCase['special']): Promise<void> {
    const { sendgrid } = this.#pullSystem;
    if (special === 'steps delivered twice' && cursor.isAtWork && cursor.version > this.#lastVersion) {
      this.#lastVersion = cursor.version;
      await this.#send({ kind: 'step', step: cursor.version });
    }
    if (special === 'export lost' && !this.#hasForgotten && sendgrid.exportsStarted() > 0) {
      // The puller has noted that it started one: its state is that of polling it.
      this.#hasForgotten = JSON.stringify(cursor.state ?? null).includes('"poll"');
      if (this.#hasForgotten) {
        sendgrid.forgetExports();
      }
    }
    if (special === '429 for a minute') {
      return;
    }
    // First the lease, then whether anybody works: whoever takes it later is another owner.
    const owner = (await this.#table.readOne(pullKey(this.#trigger)))?.owner?.S ?? 'nobody';
    if (this.#isIdle()) {
      await this.#nudge(cursor, owner);
    }
  }

  /** Whether no process works on the pull. */
  #isIdle(): boolean {
    const { saboteur, system } = this.#pullSystem;
    const pids = saboteur.pidsOf(this.#trigger);
    const isBusy = (system.puller?.environments() ?? []).some(
      ({ pid, requestId }) => requestId !== undefined && pids.includes(pid),
    );
    const quietSinceMs = Math.max(saboteur.calledAtMs(this.#trigger), this.#nudgedAtMs);
    return !isBusy && Date.now() - quietSinceMs > idleMs;
  }

  async #nudge({ version }: PullCursor, owner: string): Promise<void> {
    this.#nudgedAtMs = Date.now();
    await this.#table.update({
      pk: pullKey(this.#trigger),
      change: 'SET #dueAtMs = :now REMOVE #owner, #leaseUntilMs',
      // A process that has taken the lease meanwhile keeps it.
      condition:
        '#status = :working AND #occurrence = :occurrence AND (attribute_not_exists(#owner) OR #owner = :owner)',
      values: {
        ':now': number(Date.now()),
        ':working': text('working'),
        ':occurrence': text(this.occurrence),
        ':owner': text(owner),
      },
    });
    await this.#send({ kind: 'step', step: version });
  }

  async #send(
    what: { readonly kind: 'start' } | { readonly kind: 'step'; readonly step: number },
  ): Promise<void> {
    const { clients, resources } = this.#pullSystem.system;
    const about = { version: 1, trigger: this.#trigger, occurrence: this.occurrence } as const;
    const message: PullMessage = { ...about, ...what };
    await clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: resources.pullQueueUrl,
        MessageBody: writePullMessage(message),
        MessageGroupId: this.#trigger,
      }),
    );
  }
}
