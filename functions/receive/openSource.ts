import { type CachedSecret, SecretUnavailableError } from '../secrets/cachedSecret.ts';
import type {
  Authentication,
  ReadEvent,
  Refusal,
  Source,
  SourceName,
  SourceRequest,
} from '../sources/source.ts';
import type { CompiledTrigger } from '../triggers/matchTriggers.ts';
import type { HttpRefusal } from './http.ts';

/** Whether a request comes from its source, and how its elements are read. */
export type OpenAuthentication =
  | {
      readonly ok: true;
      readonly elements: readonly unknown[];
      readonly toEvent: (element: unknown) => ReadEvent;
    }
  | { readonly ok: false; readonly refusal: Refusal | HttpRefusal };

/** A source with its credentials and the triggers that name it. */
export interface OpenSource extends Pick<Source<never>, 'name' | 'title' | 'advice'> {
  readonly triggers: readonly CompiledTrigger[];
  /** Starts to fetch the credentials before they are needed. */
  readonly warm: () => void;
  /** Tries the credentials in use, and if they may have been rotated, the current ones. */
  readonly authenticate: (request: SourceRequest, nowMs: number) => Promise<OpenAuthentication>;
  /** Whether the source has signed a request, whatever else is wrong with it. */
  readonly isSigned: (request: SourceRequest) => Promise<boolean>;
}

/** The open sources, by their names. */
export type OpenSources = ReadonlyMap<SourceName, OpenSource>;

/** Joins a source with its credentials and its triggers. */
export function openSource<Credentials>(
  source: Source<Credentials>,
  secret: CachedSecret<Credentials>,
  triggers: readonly CompiledTrigger[],
): OpenSource {
  const { name, title, advice } = source;
  return {
    name,
    title,
    advice,
    triggers,
    warm: () => secret.warm(),
    authenticate: (request, nowMs) => authenticate(source, secret, request, nowMs),
    isSigned: (request) => isSigned(source, secret, request),
  };
}

async function authenticate<Credentials>(
  source: Source<Credentials>,
  secret: CachedSecret<Credentials>,
  request: SourceRequest,
  nowMs: number,
): Promise<OpenAuthentication> {
  const open = (authentication: Authentication, credentials: Credentials): OpenAuthentication =>
    authentication.ok
      ? { ...authentication, toEvent: (element) => source.toEvent(element, credentials) }
      : authentication;
  try {
    const credentials = await secret.get();
    const first = source.authenticate(request, credentials, nowMs);
    if (first.ok || !first.refusal.mayBeRotated) {
      return open(first, credentials);
    }
    const fresh = await secret.refreshEarly(request.arrivedAtMs);
    return fresh === undefined ? first : open(source.authenticate(request, fresh, nowMs), fresh);
  } catch (error) {
    if (error instanceof SecretUnavailableError) {
      const detail = `${source.title}'s secret is not configured or cannot be read: try again`;
      return { ok: false, refusal: { status: 503, detail } };
    }
    throw error;
  }
}

async function isSigned<Credentials>(
  source: Source<Credentials>,
  secret: CachedSecret<Credentials>,
  request: SourceRequest,
): Promise<boolean> {
  try {
    return source.isSigned(request, await secret.get());
  } catch (error) {
    if (error instanceof SecretUnavailableError) {
      return false;
    }
    throw error;
  }
}
