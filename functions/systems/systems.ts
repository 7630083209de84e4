import type { System } from '../access/operation.ts';
import { type ErrorSaid, errorInSuccess, maveraErrorIn } from '../mavera/maveraErrorIn.ts';

/** What tells the systems apart when they are called. All other rules are the same for all of them. */
export interface SystemFacts {
  /** For people. */
  readonly name: string;
  /** How a key stands in the `Authorization` header. `Basic`: as the user, with an empty password. */
  readonly scheme: 'Bearer' | 'Basic' | 'ApiKey';
  /** The error in the JSON of a 4xx or 5xx; `undefined` if the system itself would not answer so. */
  readonly errorIn: (json: unknown) => ErrorSaid | undefined;
  /** The error in the JSON of a 2xx that has a member `error`. @default a 2xx is a success */
  readonly errorInSuccess?: (json: unknown, isRead: boolean) => ErrorSaid | undefined;
  /** Whether a 2xx counts as a success whatever its body is. @default a 2xx has JSON */
  readonly ignoresBody?: true;
  /** Whether `X-RateLimit-Reset` has seconds from now. @default epoch seconds or a date */
  readonly resetsInSeconds?: true;
}

/**
 * Sources: Mavera, "Authentication" and "Errors"; Segment, "Profile API", "Public API", "HTTP API"; SegOps, "Authentication"
 * and "Errors"; SendGrid, "Authentication" and "Errors".
 */
export const systems: Readonly<Record<System, SystemFacts>> = {
  mavera: { name: 'Mavera', scheme: 'Bearer', errorIn: maveraErrorIn, errorInSuccess },
  segment: { name: "Segment's Public API", scheme: 'Bearer', errorIn: listedErrorIn },
  segmentProfiles: { name: "Segment's Profile API", scheme: 'Basic', errorIn: codedErrorIn },
  // It answers 200 to nearly everything, and documents no body.
  segmentTracking: {
    name: "Segment's Tracking API",
    scheme: 'Basic',
    errorIn: () => undefined,
    ignoresBody: true,
    resetsInSeconds: true,
  },
  sendgrid: { name: 'SendGrid', scheme: 'Bearer', errorIn: listedErrorIn },
  segops: { name: 'SegOps', scheme: 'ApiKey', errorIn: namedErrorIn },
};

/** `{"error": {"code": "not_found", "message": "…"}}` */
function codedErrorIn(json: unknown): ErrorSaid | undefined {
  const error = memberOf(json, 'error');
  const code = memberOf(error, 'code');
  return typeof code === 'string' ? { code: codeOf(code) } : undefined;
}

/** `{"errors": [{"type": "…", "message": "…", "data": {"msBeforeNext": 57647}}]}` */
function listedErrorIn(json: unknown): ErrorSaid | undefined {
  const errors = memberOf(json, 'errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  if (typeof memberOf(first, 'message') !== 'string') {
    return undefined;
  }
  const type = memberOf(first, 'type');
  const waitMs = memberOf(memberOf(first, 'data'), 'msBeforeNext');
  return {
    code: typeof type === 'string' ? codeOf(type) : 'unknown',
    ...(typeof waitMs === 'number' && waitMs >= 0 ? { retryAfterMs: waitMs } : {}),
  };
}

/** `{"detail": "…"}` or `{"<field>": ["…"]}` */
function namedErrorIn(json: unknown): ErrorSaid | undefined {
  if (typeof memberOf(json, 'detail') === 'string') {
    return { code: 'unknown' };
  }
  const values = typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.values(json) : [];
  const isOfFields = values.length > 0 && values.every((value) => Array.isArray(value));
  return isOfFields ? { code: 'fields_invalid' } : undefined;
}

/** A code is a word. Whatever else stands in its place may name a person. */
function codeOf(text: string): string {
  return /^[A-Za-z][A-Za-z_-]{0,60}$/.test(text) ? text : 'unknown';
}

function memberOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? (json as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
