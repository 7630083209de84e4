import { type Comparison, compareSecret, isMasked } from './maskedValue.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Whether a header carries the token; upper and lower case are the same. */
function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization';
}

/** The value of a mapping's Authorization header; `undefined` if it has none. */
export function authorizationOf(headers: unknown): unknown {
  return entriesOf(headers).find(([name]) => isAuthorization(name))?.[1];
}

/** Whether the headers at Segment carry our token, or another one that is valid. */
export function hasToken(actual: unknown, desired: unknown, otherTokens: readonly string[]): Comparison {
  const others = otherTokens.map((token) => `Bearer ${token}`);
  return compareSecret(authorizationOf(actual), String(authorizationOf(desired)), ...others);
}

/** Our settings of a mapping merged over what is there: what others added stays, except masked values. */
export function mergedSettings(desired: Settings, actual: Settings): Settings {
  return { ...unmasked(actual), ...desired, headers: mergedHeaders(desired.headers, actual.headers) };
}

/** Settings of a mapping without its token. */
export function withoutToken(settings: Settings): Settings {
  const others = entriesOf(settings.headers).filter(([name]) => !isAuthorization(name));
  return { ...settings, headers: Object.fromEntries(others) };
}

/** Headers of others that cannot be written back, because Segment masks them. */
export function maskedHeaders(headers: unknown): readonly string[] {
  return entriesOf(headers).flatMap(([name, value]) =>
    isMasked(value) && !isAuthorization(name) ? [name] : [],
  );
}

function mergedHeaders(desired: unknown, actual: unknown): Settings {
  const others = Object.entries(unmasked(actual)).filter(([name]) => !isAuthorization(name));
  return { ...Object.fromEntries(others), ...(desired as Settings) };
}

function unmasked(value: unknown): Settings {
  return Object.fromEntries(entriesOf(value).filter(([, inner]) => !isMasked(inner)));
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
