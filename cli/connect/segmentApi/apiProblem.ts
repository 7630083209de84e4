import { quotedMessage } from '../callApi.ts';
import { ConnectError } from '../connectError.ts';
import { errorsSchema } from './apiSchemas.ts';

/** What Segment said about a call that it refused. */
export interface ApiRefusal {
  readonly status: number;
  /** The purpose of the call, e.g. `create the mapping`. */
  readonly purpose: string;
  readonly apiUrl: string;
  /** Parsed JSON, or nothing. */
  readonly body: unknown;
  /** Secrets that were sent: an error message must not repeat them, even if Segment quotes them. */
  readonly hidden: readonly string[];
}

/** How long Segment asks to wait, in milliseconds; `undefined` if it does not say. */
export function waitAskedFor(body: unknown): number | undefined {
  return errorsSchema.safeParse(body).data?.errors[0]?.data?.msBeforeNext;
}

/** Describes a refusal of the Public API in a sentence, with the fix and Segment's own message without secrets. */
export function apiProblem({ status, purpose, apiUrl, body, hidden }: ApiRefusal): ConnectError {
  const [first] = errorsSchema.safeParse(body).data?.errors ?? [];
  const said =
    first === undefined
      ? ''
      : `: ${quotedMessage(`${first.message}${first.field === undefined ? '' : ` (${first.field})`}`, hidden)}`;
  return new ConnectError(
    `Segment refused to ${purpose} with ${status}${said}. ${fixFor(status, apiUrl, body)}`.trim(),
  );
}

function fixFor(status: number, apiUrl: string, body: unknown): string {
  switch (status) {
    case 401:
      return (
        'SEGMENT_PUBLIC_API_TOKEN must be a Public API token of this workspace (Settings > Access Management > Tokens, by ' +
        `a workspace owner), not one of the older Config API, and of the region at ${apiUrl}: add --eu for a workspace in ` +
        'the EU, or leave it out.'
      );
    case 403:
      return 'The token does not allow this: make one as workspace owner.';
    case 404:
      return 'It may have been removed, or the token belongs to another workspace. Mappings also need the feature "Destination Subscriptions", which Segment turns on.';
    case 409:
      return 'Somebody else is changing it: run the command again.';
    case 413:
    case 422:
      return 'If your workspace limits filters (two conditions on self-service plans) or mappings (50), split the triggers by routes, or set it up by hand: docs/connect-segment.md.';
    case 429: {
      const waitMs = waitAskedFor(body);
      return waitMs === undefined
        ? 'Too many calls: run the command again in a minute.'
        : `Too many calls: run the command again in ${Math.ceil(waitMs / 1000)} seconds.`;
    }
    default:
      return status >= 500 ? 'Segment has a problem: run the command again.' : '';
  }
}
