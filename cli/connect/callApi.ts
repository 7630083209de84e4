/** A call of an API that speaks JSON. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** @default 30 s */
  readonly timeoutMs?: number;
}

/** What came back. Status 0: no answer came, and `body` is the reason. */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON; `undefined` if it is not JSON. */
  readonly body: unknown;
  readonly headers: Headers;
}

const defaultTimeoutMs = 30_000;

/** Makes one call, and never throws. */
export async function callApi({
  method,
  url,
  token,
  headers,
  body,
  timeoutMs = defaultTimeoutMs,
}: ApiCall): Promise<ApiAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect would carry the token to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: parsed(await response.text()), headers: response.headers };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: string };
    return { status: 0, body: code ?? (error as Error).name, headers: new Headers() };
  }
}

/** A system's own message, shortened, without the secrets that it may repeat and without control characters. */
export function quotedMessage(text: string, hidden: readonly string[]): string {
  const safe = hidden.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
  return safe
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, maxLength)
    .replace(/\.$/, '');
}

/** Of a system's own message. */
const maxLength = 300;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
