import { performerOfRequest } from '../../functions/mavera/actions/actionPerformers.ts';
import type { SystemRequest } from '../../functions/systems/systemClient.ts';
import type { ActionKind } from '../../functions/triggers/actions.ts';
import { durationMs } from '../../functions/triggers/duration.ts';
import type { Api } from '../../simulators/http/api.ts';
import { type Account, openAccount } from '../../simulators/mavera/account.ts';
import { errorBodyFor } from '../../simulators/mavera/apiError.ts';
import { maveraApi } from '../../simulators/mavera/maveraApi.ts';
import { KeyLimits } from '../../simulators/mavera/rateLimit.ts';
import type { SimulatedTime } from '../../simulators/time/simulatedTime.ts';
import { type Answers, answerFor, type FailingAnswer, type GivenAnswer } from './answer.ts';
import { meetNames } from './meetNames.ts';
import { shapedAnswer } from './shapedAnswer.ts';
import type { ArrivingCall, Caller, SystemAnswer, WireAnswer } from './wireCall.ts';

/** The account at Mavera, and what the test has it answer. */
export interface TrialMaveraOptions {
  readonly time: SimulatedTime;
  readonly requestsPerMinute: number;
  /** Left in each month. */
  readonly credits: number;
  /** By trigger or by action. */
  readonly answers: Readonly<Record<string, Answers>>;
}

/** How long a focus group takes until it is finished. */
const focusGroupMs = 60_000;

/** Mavera in this process: the simulator's routes and credits, without its server, and the answers of the test. */
export class TrialMavera {
  readonly #options: TrialMaveraOptions;
  readonly #account: Account;
  readonly #api: Api;
  /** How many requests each of the answers was asked for. */
  readonly #counts = new Map<string, number>();
  /** What the test gives for focus groups, by their ids: it shows once they are finished. */
  readonly #ofFocusGroups = new Map<string, GivenAnswer>();

  constructor(options: TrialMaveraOptions) {
    const { time, requestsPerMinute, credits } = options;
    this.#options = options;
    this.#account = openAccount({
      requestsPerMinute,
      monthlyCredits: credits,
      maveConcurrency: 10,
      focusGroupConcurrency: 5,
      focusGroupMs,
      latency: 0,
      seed: 1,
      now: time.now,
    });
    const limits = new KeyLimits(requestsPerMinute);
    this.#api = maveraApi({ account: this.#account, limits, apiKey: undefined });
  }

  /** @throws InvalidAnswerError for an answer of the test that Mavera cannot give */
  async answer(call: ArrivingCall, caller: Caller | undefined): Promise<WireAnswer> {
    meetNames(call, this.#account);
    const kind = call.method === 'GET' ? undefined : kindOf(call);
    return kind === undefined ? await this.#read(call) : await this.#work(call, kind, caller);
  }

  async #read(call: ArrivingCall): Promise<SystemAnswer> {
    const answer = await this.#simulate(call);
    const id = /^\/focus-groups\/([^/?]+)$/.exec(call.path)?.[1] ?? '';
    const given = this.#ofFocusGroups.get(decodeURIComponent(id));
    return given === undefined ? answer : shapedAnswer('runFocusGroup', answer, given);
  }

  async #work(call: ArrivingCall, kind: ActionKind, caller: Caller | undefined): Promise<WireAnswer> {
    const given = this.#givenFor(call, kind, caller);
    if (given !== undefined && 'status' in given) {
      return failing(given);
    }
    if (given !== undefined && 'lost' in given) {
      if (given.lost === 'answer') {
        await this.#simulate(call);
      }
      return 'lost';
    }
    const answer = await this.#simulate(call);
    if (given === undefined) {
      return answer;
    }
    if (kind === 'runFocusGroup') {
      this.#ofFocusGroups.set(String((answer.body as { readonly id?: unknown }).id), given);
    }
    return shapedAnswer(kind, answer, given);
  }

  #givenFor(
    { method, path, body = {} }: ArrivingCall,
    kind: ActionKind,
    caller: Caller | undefined,
  ): ReturnType<typeof answerFor> {
    const { answers } = this.#options;
    const key = [caller?.trigger ?? '', kind].find((name) => Object.hasOwn(answers, name));
    if (key === undefined) {
      return undefined;
    }
    const index = this.#counts.get(key) ?? 0;
    this.#counts.set(key, index + 1);
    return answerFor(answers[key], { method, path, body }, index, key);
  }

  async #simulate({ method, path, headers, body }: ArrivingCall): Promise<SystemAnswer> {
    const { pathname, searchParams: query } = new URL(path, 'http://mavera');
    const arrived = { atMs: this.#options.time.now(), method, path: pathname, query, headers };
    const { refusal, headers: common } = this.#api.arrive(arrived);
    const text = body === undefined ? '' : JSON.stringify(body);
    const takeTime = (): Promise<void> => Promise.resolve();
    const answer = refusal ?? (await this.#api.answer({ ...arrived, body: text, takeTime }));
    return { status: answer.status, headers: { ...common, ...answer.headers }, body: answer.body };
  }
}

function failing({ status, code, message, retryAfter }: FailingAnswer): SystemAnswer {
  const seconds = retryAfter === undefined ? undefined : Math.ceil(durationMs(retryAfter) / 1000);
  const headers = seconds === undefined ? {} : { 'retry-after': `${seconds}` };
  return { status, headers, body: errorBodyFor(status, code, message) };
}

function kindOf({ method, path, body = {} }: ArrivingCall): ActionKind | undefined {
  const request: SystemRequest = { method: method as SystemRequest['method'], path, body };
  return performerOfRequest(request)?.kind;
}
