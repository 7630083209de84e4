import { quotedMessage } from '../callApi.ts';
import { ConnectError } from '../connectError.ts';
import { errorsSchema } from './eventWebhook.ts';

/** What SendGrid said about a call that it refused. */
export interface ApiRefusal {
  readonly status: number;
  /** The purpose of the call, e.g. `create the event webhook`. */
  readonly purpose: string;
  readonly apiUrl: string;
  /** Parsed JSON, or nothing. */
  readonly body: unknown;
  /** Secrets that were sent. */
  readonly hidden: readonly string[];
  /** The user in whose name it was asked. */
  readonly subuser: string | undefined;
  /** For 429: how long SendGrid asks to wait. */
  readonly waitMs: number | undefined;
  /** For 403: needed scopes that the key does not have; `undefined` if SendGrid does not tell. */
  readonly missingScopes: readonly string[] | undefined;
}

/** What the API key must be allowed to do. Source: SendGrid, "API key permissions". */
export const neededScopes: readonly string[] = [
  'user.webhooks.event.settings.read',
  'user.webhooks.event.settings.update',
  'user.webhooks.event.test.create',
];

/** Describes a refusal in a sentence, with the fix and SendGrid's own message without secrets. */
export function apiProblem(refusal: ApiRefusal): ConnectError {
  const { status, purpose, body, hidden } = refusal;
  const [first] = errorsSchema.safeParse(body).data?.errors ?? [];
  const said = first === undefined ? '' : `: ${quotedMessage(first.message, hidden)}`;
  return new ConnectError(
    `SendGrid refused to ${purpose} with ${status}${said}. ${fixFor(refusal, first?.message ?? '')}`.trim(),
  );
}

function fixFor({ status, apiUrl, subuser, waitMs, missingScopes }: ApiRefusal, message: string): string {
  switch (status) {
    case 400:
      return /maximum number/i.test(message) ? tooManyWebhooks : '';
    case 401:
      return (
        `SENDGRID_API_KEY must be an API key of this account (Settings > API Keys), and of the region at ${apiUrl}: ` +
        'add --eu for a subuser in the EU, or leave it out.'
      );
    case 403:
      return `${missingFor(missingScopes)}${subuser === undefined ? '' : `, and may act for the subuser ${subuser}`}.`;
    case 404:
      return 'It may have been removed: run the command again.';
    case 429:
      return waitMs === undefined
        ? 'Too many calls: run the command again in a minute.'
        : `Too many calls: run the command again in ${Math.ceil(waitMs / 1000)} seconds.`;
    default:
      return status >= 500 ? 'SendGrid has a problem: run the command again.' : '';
  }
}

function missingFor(missing: readonly string[] | undefined): string {
  return missing === undefined || missing.length === 0
    ? `The API key needs the scopes ${neededScopes.join(', ')} (or Full Access)`
    : `The API key lacks the scopes ${missing.join(', ')}: add them, or use a key with Full Access`;
}

/** What to do when the plan allows no further webhook. */
export const tooManyWebhooks =
  'Delete an event webhook that is not needed, choose a plan with more, or give the triggers fewer routes.';
