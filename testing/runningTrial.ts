import type { Verdict } from '../functions/ledger/decision.ts';
import { budgetPrefix, operatorSettingsKey } from '../functions/ledger/sharedState.ts';
import { writePullMessage } from '../functions/pull/pullMessage.ts';
import type { PulledItem } from '../functions/pulls/pull.ts';
import { pullOf } from '../functions/pulls/pullOf.ts';
import { type Duration, parseDuration } from '../functions/triggers/duration.ts';
import type { Trigger } from '../functions/triggers/trigger.ts';
import { SimulatedTime } from '../simulators/time/simulatedTime.ts';
import { decideRun } from './decideRun.ts';
import { Deployment } from './deployment/deployment.ts';
import { type TrialSecrets, trialSecrets } from './deployment/trialSecrets.ts';
import { GivenPulls } from './givenPulls.ts';
import { openWire } from './openWire.ts';
import { PostedEvents } from './postedEvents.ts';
import { explainRun } from './runs/explainRun.ts';
import { readRun } from './runs/readRun.ts';
import type { TrialRun } from './runs/trialRun.ts';
import { whyNone } from './runs/whyNone.ts';
import type { TrialRequest } from './signEvents.ts';
import type { ReceivedEvents, ReceiverAnswer, SendOptions, Trial } from './trial.ts';
import {
  type CheckedOptions,
  checkName,
  checkOptions,
  InvalidTrialError,
  type TrialOptions,
} from './trialOptions.ts';
import type { SentRequest } from './wire/answer.ts';
import { TrialLookups } from './wire/lookups.ts';

/** A trial at work. */
export class RunningTrial implements Trial {
  readonly secrets: TrialSecrets = trialSecrets();
  readonly #triggers: ReadonlyMap<string, Trigger>;
  readonly #pulls = new GivenPulls();
  readonly #lookups: TrialLookups;
  readonly #deployment: Deployment;
  readonly #events: PostedEvents;
  #pulled = 0;
  #isClosed = false;
  /** The last thing that the trial was asked to do. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(triggers: readonly Trigger[], options: CheckedOptions) {
    const time = new SimulatedTime(options.startMs);
    this.#triggers = new Map(triggers.map((trigger) => [trigger.name, trigger]));
    this.#lookups = new TrialLookups({
      triggers: this.#triggers,
      lookups: options.lookups,
      profileSpace: options.profileSpace,
      eventOf: (runId) => this.#deployment.runs.get(runId)?.event,
    });
    this.#deployment = new Deployment({
      triggers: this.#pulls.of(triggers),
      grants: options.access,
      time,
      wire: openWire(time, this.#lookups, options),
      secrets: this.secrets,
      profileSpace: options.profileSpace,
      overallBudget: options.overallBudget,
      requestsPerMinute: options.requestsPerMinute,
      waitsForTurns: !options.hasOwnPace,
    });
    this.#events = new PostedEvents(this.#deployment, this.secrets);
  }

  static async start(triggers: readonly Trigger[], given: TrialOptions): Promise<RunningTrial> {
    if (!Array.isArray(triggers)) {
      throw new InvalidTrialError(
        'trial takes the default export of triggers.ts: what defineTriggers returns',
      );
    }
    const options = checkOptions(triggers, given);
    const started = new RunningTrial(triggers, options);
    const budgets = Object.entries(options.budgets);
    if (budgets.length > 0) {
      const set = budgets.map(
        ([name, credits]) => [`${budgetPrefix}${name}`, { N: String(credits) }] as const,
      );
      const item = { pk: { S: operatorSettingsKey }, ...Object.fromEntries(set) };
      await started.#deployment.ledger.put({ item });
    }
    return started;
  }

  get sharedSecret(): string {
    return this.secrets.sharedSecret;
  }

  get now(): Date {
    return new Date(this.#deployment.time.now());
  }

  get runs(): readonly TrialRun[] {
    return [...this.#deployment.runs.keys()].map((runId) => this.#read(runId));
  }

  get requests(): readonly SentRequest[] {
    return this.#deployment.wire.calls.flatMap(({ system, method, path, body = {} }) =>
      system === 'mavera' && method !== 'GET' ? [{ method, path, body }] : [],
    );
  }

  get events(): ReceivedEvents {
    return this.#events.counts;
  }

  async send(
    events: object | readonly object[],
    { source = 'segment', route }: SendOptions = {},
  ): Promise<readonly TrialRun[]> {
    const list = (Array.isArray(events) ? events : [events]) as readonly object[];
    const path = route === undefined ? `/${source}` : `/${source}/${route}`;
    return await this.#startedBy(() => this.#events.send(source, list, path));
  }

  async post(request: TrialRequest, path: string = '/segment'): Promise<ReceiverAnswer> {
    const answer = await this.#inTurn(async () => {
      const reception = await this.#events.post(request, path);
      await this.#deployment.settle();
      return reception.answer;
    });
    const { statusCode, headers, body } = answer;
    return { status: statusCode, headers, body: JSON.parse(body) as ReceiverAnswer['body'] };
  }

  async pass(duration: Duration): Promise<void> {
    const ms = parseDuration(duration);
    if (ms === undefined) {
      throw new InvalidTrialError(
        `pass: expected a duration such as 90s, 30m, 24h or 7d; got ${JSON.stringify(duration)}`,
      );
    }
    const { time } = this.#deployment;
    await this.#inTurn(() => this.#deployment.runUntil(time.now() + ms));
  }

  async pull(name: string, items: readonly PulledItem[]): Promise<readonly TrialRun[]> {
    const trigger = this.#triggerOf(name);
    if (pullOf(trigger) === undefined) {
      const start =
        trigger.after === undefined ? 'events start it: run.send' : `it follows ${trigger.after.name}`;
      throw new InvalidTrialError(`Trigger "${name}" has no pull (from); ${start}`);
    }
    if (!Array.isArray(items)) {
      throw new InvalidTrialError(
        `pull: give the items that "${name}" finds, such as [{ item: 'aud_1', event: 'Audience Pulled', properties: {} }]`,
      );
    }
    const reports = this.#deployment.pullReports;
    const before = reports.length;
    const started = await this.#startedBy(async () => {
      this.#pulls.give(name, items);
      this.#pulled += 1;
      const occurrence = `trial-${this.#pulled}`;
      const message = writePullMessage({ version: 1, kind: 'start', trigger: name, occurrence });
      this.#deployment.send('pulls', message, name);
    });
    const problem = reports.slice(before).find(({ what }) => what === 'skipped' || what === 'passedOver');
    if (problem !== undefined && 'detail' in problem) {
      throw new InvalidTrialError(`The pull of "${name}": ${problem.detail}`);
    }
    return started;
  }

  async approve(run: string | TrialRun): Promise<void> {
    await this.#decide(run, 'approved');
  }

  async deny(run: string | TrialRun): Promise<void> {
    await this.#decide(run, 'denied');
  }

  async cancel(run: string | TrialRun): Promise<void> {
    await this.#decide(run, 'cancelled');
  }

  of(name: string): readonly TrialRun[] {
    this.#triggerOf(name);
    return this.runs.filter(({ trigger }) => trigger === name);
  }

  one(name: string): TrialRun {
    const found = this.of(name);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      const all =
        found.length > 1 ? `\n${found.map(explainRun).join('\n')}` : whyNone(this.#triggerOf(name), this);
      throw new InvalidTrialError(`Expected one run of "${name}"; there are ${found.length}${all}`);
    }
    return only;
  }

  explain(run?: string | TrialRun): string {
    if (run !== undefined) {
      return explainRun(this.#read(this.#idOf(run)));
    }
    const { troubles, refusedCalls } = this.#deployment;
    return [
      `events: ${Object.entries(this.events)
        .map(([what, count]) => `${count} ${what}`)
        .join(', ')}`,
      ...this.runs.map(explainRun),
      ...refusedCalls.map(({ agent, operation, why }) => `refused: ${agent} ${operation}: ${why}`),
      ...troubles.map((trouble) => `trouble: ${trouble}`),
    ].join('\n');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Does one thing after the other, also if a test does not wait for the first. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isClosed) {
      throw new InvalidTrialError('This trial is closed');
    }
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }

  /** The runs that came to be by something. */
  async #startedBy(work: () => Promise<void>): Promise<readonly TrialRun[]> {
    return await this.#inTurn(async () => {
      const before = new Set(this.#deployment.runs.keys());
      await work();
      await this.#deployment.settle();
      return this.runs.filter(({ id }) => !before.has(id));
    });
  }

  async #decide(run: string | TrialRun, verdict: Verdict): Promise<void> {
    await this.#inTurn(async () => {
      await decideRun(this.#deployment, this.#idOf(run), verdict);
      await this.#deployment.settle();
    });
  }

  #idOf(run: string | TrialRun): string {
    const id = typeof run === 'string' ? run : run.id;
    if (!this.#deployment.runs.has(id)) {
      throw new InvalidTrialError(
        `There is no run with the id ${JSON.stringify(id)}; give the \`id\` of a run`,
      );
    }
    return id;
  }

  #triggerOf(name: string): Trigger {
    checkName('trigger', name, [...this.#triggers.keys()]);
    return this.#triggers.get(name) as Trigger;
  }

  #read(runId: string): TrialRun {
    const message = this.#deployment.runs.get(runId);
    if (message === undefined) {
      throw new InvalidTrialError(`There is no run ${runId}`);
    }
    return readRun(message, this.#triggers.get(message.trigger), this.#deployment, this.#lookups);
  }
}
