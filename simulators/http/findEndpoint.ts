/** One method of one path. */
export interface Endpoint {
  readonly method: string;
  /** Below the base path; `:name` stands for one part, e.g. `/personas/:id`. */
  readonly path: string;
}

/** The endpoint of a call, or the methods that the path knows instead: none for an unknown path. */
export type FoundEndpoint<E extends Endpoint> =
  | { readonly found: true; readonly endpoint: E; readonly params: Readonly<Record<string, string>> }
  | { readonly found: false; readonly allowed: readonly string[] };

/** Finds the endpoint of a call. The values of `:name` parts are as they were sent: still percent-encoded. */
export function findEndpoint<E extends Endpoint>(
  endpoints: readonly E[],
  method: string,
  path: string,
): FoundEndpoint<E> {
  const allowed: string[] = [];
  for (const endpoint of endpoints) {
    const params = matchPath(endpoint.path, path);
    if (params !== undefined && endpoint.method === method) {
      return { found: true, endpoint, params };
    }
    if (params !== undefined) {
      allowed.push(endpoint.method);
    }
  }
  return { found: false, allowed };
}

function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':') && value !== '') {
      params[part.slice(1)] = value;
    } else if (part !== value) {
      return undefined;
    }
  }
  return params;
}
