import type { ApiReply } from './apiReply.ts';
import type { WorkspaceState } from './workspaceState.ts';

/** A call of the Public API that is let in. */
export interface ApiCall {
  readonly method: string;
  readonly url: URL;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
}

/** The workspace that is called. */
export interface ApiSurroundings {
  readonly state: WorkspaceState;
  readonly offersWholeBodySignature: boolean;
  /** Elements of a page at most. */
  readonly pageSize: number;
}

/**
 * Answers the calls of one endpoint.
 *
 * @param ids the variable segments of the path, in order
 */
export type Handler = (call: ApiCall, surroundings: ApiSurroundings, ids: readonly string[]) => ApiReply;

/** A method, a path whose groups are the ids, and who answers. */
export type Endpoint = readonly [method: string, path: RegExp, handle: Handler];
