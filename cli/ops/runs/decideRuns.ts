import { chunk, mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import type { Verdict } from '../../../functions/ledger/decision.ts';
import { type DecideOutcome, Decisions } from '../../../functions/ledger/decisions.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import type { ParkedMessage } from '../../../functions/ledger/parkedItem.ts';
import { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import { parseRunMessage } from '../../../functions/queue/runMessage.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { OperatorError } from '../operatorError.ts';
import type { Output } from '../output.ts';
import { delayOf, type OutgoingRun, sendRuns } from '../redrive/sendRuns.ts';
import { DecisionReport } from './decisionReport.ts';
import { findRunId } from './findRun.ts';
import { refusalOf } from './refusedDecision.ts';
import { undecidedRuns } from './undecidedRuns.ts';

/** Runs that are decided and sent together. */
const atOnce = 50;
const callsAtOnce = 10;

const incomplete = 'A part of its parked message is missing, so it cannot be sent on.';

/** Which runs to decide about, if they are not named. */
export interface DecideRunsOptions {
  readonly trigger?: string;
  readonly yes?: true;
}

/**
 * Writes an operator's decision into runs, and sends those on that are parked. First the decision is written, then the
 * message is sent, then the run is unparked by the number that was read. Each step can be repeated.
 *
 * @returns whether none was refused
 * @throws OperatorError if it is not clear which runs are meant, or if `--yes` is missing
 */
export async function decideRuns(
  deployment: Deployment,
  verdict: Verdict,
  prefixes: readonly string[],
  options: DecideRunsOptions,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const runIds = await selectedRuns(deployment, verdict, prefixes, options, nowMs);
  if (runIds.length === 0) {
    output.note(`No run of ${options.trigger} can be ${verdict}: nothing was changed.`);
    return true;
  }
  if (options.trigger !== undefined && options.yes === undefined) {
    const count = runIds.length.toLocaleString('en');
    throw new OperatorError(`${count} runs of ${options.trigger} match: add --yes to have them ${verdict}.`);
  }
  const by = await deployment.readCaller();
  const decider = new RunDecider(deployment, verdict, by, nowMs);
  const report = new DecisionReport(output, verdict, by, runIds.length);
  for (const some of chunk(runIds, atOnce)) {
    await decider.decide(some, report);
    report.tellProgress();
  }
  return report.end();
}

async function selectedRuns(
  deployment: Deployment,
  verdict: Verdict,
  prefixes: readonly string[],
  { trigger }: DecideRunsOptions,
  nowMs: number,
): Promise<readonly string[]> {
  if ((trigger !== undefined) === prefixes.length > 0) {
    throw new OperatorError(
      trigger === undefined
        ? 'Say which runs: by their ids, or by --trigger.'
        : 'Give either run ids or --trigger, not both.',
    );
  }
  if (trigger !== undefined) {
    return await undecidedRuns(deployment, trigger, verdict === 'cancelled', nowMs);
  }
  const found = new Set<string>();
  for (const prefix of prefixes) {
    found.add(await findRunId(deployment, prefix, nowMs));
  }
  return [...found];
}

/** Carries one decision out on many runs. */
class RunDecider {
  readonly #deployment: Deployment;
  readonly #verdict: Verdict;
  readonly #by: string;
  readonly #nowMs: number;
  readonly #decisions: Decisions;
  readonly #parkedRuns: ParkedRuns;
  #sent = 0;

  constructor(deployment: Deployment, verdict: Verdict, by: string, nowMs: number) {
    const table = new LedgerTable(deployment.dynamodb, deployment.tableName);
    this.#deployment = deployment;
    this.#verdict = verdict;
    this.#by = by;
    this.#nowMs = nowMs;
    this.#decisions = new Decisions(table);
    this.#parkedRuns = new ParkedRuns(table);
  }

  async decide(runIds: readonly string[], report: DecisionReport): Promise<void> {
    const messages = await this.#parkedRuns.readMessages(runIds);
    const decided: { readonly runId: string; readonly parked: ParkedMessage }[] = [];
    await mapConcurrently(runIds, callsAtOnce, async (runId) => {
      const parked = messages.get(runId);
      if (parked === undefined && (await this.#parkedRuns.read(runId)) !== undefined) {
        report.add({ runId, outcome: 'refused', why: incomplete });
        return;
      }
      const outcome = await this.#write(runId, parked);
      if (outcome.kind === 'decided' && parked !== undefined) {
        decided.push({ runId, parked });
      } else if (outcome.kind === 'decided') {
        report.add({ runId, outcome: this.#verdict, parked: false });
      } else {
        report.add({ runId, outcome: 'refused', why: refusalOf(outcome, this.#verdict) });
        await this.#tidyUp(runId, outcome, parked);
      }
    });
    await this.#sendOn(decided, report);
  }

  /** An ended run may still be parked, if a command was interrupted after it had sent the message. */
  async #tidyUp(runId: string, { kind }: DecideOutcome, parked: ParkedMessage | undefined): Promise<void> {
    if (kind === 'ended' && parked !== undefined) {
      await this.#parkedRuns.unpark(runId, parked.number);
    }
  }

  async #write(runId: string, parked: ParkedMessage | undefined): Promise<DecideOutcome> {
    const options = { decision: this.#verdict, by: this.#by, nowMs: this.#nowMs, parkings: parked?.number };
    return await this.#decisions.decide(runId, options);
  }

  async #sendOn(
    decided: readonly { readonly runId: string; readonly parked: ParkedMessage }[],
    report: DecisionReport,
  ): Promise<void> {
    const { sqs, readyQueueUrl, runQueueUrl } = this.#deployment;
    const outgoing = decided.map(({ parked }, index): OutgoingRun => {
      const message = { ...parseRunMessage(parked.body), notBeforeMs: undefined, slotAtMs: undefined };
      return { message, delaySeconds: delayOf(this.#sent + index) };
    });
    this.#sent += outgoing.length;
    const unsent = await sendRuns({ sqs, runQueueUrl: readyQueueUrl ?? runQueueUrl }, outgoing);
    await mapConcurrently(decided, callsAtOnce, async ({ runId, parked }) => {
      const why = unsent.get(runId);
      if (why === undefined) {
        await this.#parkedRuns.unpark(runId, parked.number);
        report.add({ runId, outcome: this.#verdict, parked: true });
      } else {
        report.add({ runId, outcome: 'refused', why: `${why}. Run the command again.` });
      }
    });
  }
}
