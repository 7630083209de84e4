import { errorSaidIn } from '../../../functions/mavera/maveraErrorIn.ts';
import { type ApiAnswer, callApi, quotedMessage } from '../callApi.ts';
import { ConnectError } from '../connectError.ts';
import type { MaveraAddress } from './maveraAddress.ts';

/** Creating a focus group may take long, and nobody knows how long. */
const creationTimeoutMs = 120_000;

/** Calls Mavera with the key of the account. */
export class MaveraApi {
  readonly #address: MaveraAddress;

  constructor(address: MaveraAddress) {
    this.#address = address;
  }

  /** Reads something, which is free. @throws ConnectError unless it succeeds */
  async read(path: string): Promise<unknown> {
    const answer = await this.#call('GET', path);
    if (answer.status !== 200 || answer.body === undefined) {
      throw new ConnectError(`GET ${path}: ${this.problem(answer)}`);
    }
    return answer.body;
  }

  /** Creates a focus group, which spends credits. */
  async createFocusGroup(body: unknown): Promise<ApiAnswer> {
    return await this.#call('POST', '/focus-groups', body, creationTimeoutMs);
  }

  /** What an answer that is not a success means, with the fix. */
  problem({ status, body }: ApiAnswer): string {
    const { apiUrl, apiKey } = this.#address;
    if (status === 0) {
      return `no answer came from ${apiUrl} (${String(body)}). Check the address and the network.`;
    }
    const { message, code } = errorSaidIn(body) ?? {};
    const said =
      message === undefined
        ? ''
        : ` "${quotedMessage(message, [apiKey])}"${code === undefined ? '' : ` (${quotedMessage(code, [apiKey])})`}`;
    return `Mavera answered ${status}${said}. ${fixOf(status, apiUrl)}`;
  }

  async #call(method: 'GET' | 'POST', path: string, body?: unknown, timeoutMs?: number): Promise<ApiAnswer> {
    const { apiUrl, apiKey } = this.#address;
    return await callApi({
      method,
      url: `${apiUrl}${path}`,
      token: apiKey,
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }
}

function fixOf(status: number, apiUrl: string): string {
  switch (status) {
    case 400:
    case 422:
      return 'It does not accept the body: correct it, and give it with --body <file>.';
    case 401:
      return 'Is it the API key of this account (Settings > Developer > API Keys)? A revoked key is refused for ever.';
    case 402:
      return 'The account has no credits left, or its subscription has lapsed: see its billing at Mavera.';
    case 403:
      return 'The account may not do this.';
    case 404:
      return `Is ${apiUrl} the base URL of the API?`;
    case 429:
      return 'Too many requests at the moment, or too many focus groups at once: run it again in a minute.';
    default:
      return status >= 500
        ? 'Mavera has trouble: run it again later.'
        : `Is ${apiUrl} the base URL of the API?`;
  }
}
