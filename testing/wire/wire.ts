import { operationOf } from '../../functions/access/decide.ts';
import type { System } from '../../functions/access/operation.ts';
import type { AnswerCall, ArrivingCall, Caller, WireAnswer, WireCall } from './wireCall.ts';

/** Where the systems begin their paths, in the order in which they are tried. */
const basePaths: Readonly<Partial<Record<System, string>>> = {
  mavera: '/api/v1',
  segops: '/api',
  segmentTracking: '/v1',
};

/** What the functions take for the network: each call is answered in this process, and recorded. */
export class Wire {
  readonly #answers: Readonly<Record<System, AnswerCall>>;
  readonly #now: () => number;
  readonly #calls: WireCall[] = [];
  #caller: Caller | undefined;
  #problem: Error | undefined;

  constructor(answers: Readonly<Record<System, AnswerCall>>, now: () => number) {
    this.#answers = answers;
    this.#now = now;
  }

  /** All calls, in their order. */
  get calls(): readonly WireCall[] {
    return this.#calls;
  }

  /** Sets for whom the functions call from now on. */
  callFor(caller: Caller | undefined): void {
    this.#caller = caller;
  }

  /** The first thing that a test has to give and does not. It is told once. */
  takeProblem(): Error | undefined {
    const problem = this.#problem;
    this.#problem = undefined;
    return problem;
  }

  /** The fetch of one system's client. */
  fetchOf(system: System): typeof globalThis.fetch {
    return async (input, init = {}) => {
      const call = arrivingCall(system, String(input), init);
      const answer = await this.#answer(call);
      const { headers: _headers, ...shown } = call;
      const status = answer === 'lost' ? answer : answer.status;
      this.#calls.push({ ...shown, atMs: this.#now(), caller: this.#caller, status });
      if (answer === 'lost') {
        const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        throw new TypeError('fetch failed', { cause });
      }
      const body = answer.body === undefined ? null : JSON.stringify(answer.body);
      return new Response(body, { status: answer.status, headers: { ...answer.headers } });
    };
  }

  async #answer(call: ArrivingCall): Promise<WireAnswer> {
    try {
      return await this.#answers[call.system](call, this.#caller);
    } catch (error) {
      this.#problem ??= error instanceof Error ? error : new Error(String(error));
      return 'lost';
    }
  }
}

function arrivingCall(
  system: System,
  url: string,
  { method = 'GET', body, headers }: RequestInit,
): ArrivingCall {
  const { pathname, search } = new URL(url);
  const path = `${pathname.slice((basePaths[system] ?? '').length)}${search}`;
  const parsed =
    typeof body === 'string' ? (JSON.parse(body) as Readonly<Record<string, unknown>>) : undefined;
  const request = { method, path, ...(parsed === undefined ? {} : { body: parsed }) };
  return {
    system,
    operation: operationOf(system, request)?.name,
    method,
    path,
    body: parsed,
    headers: { ...(headers as Readonly<Record<string, string>> | undefined) },
  };
}
