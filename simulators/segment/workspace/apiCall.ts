import type { ApiReply } from './apiReply.ts';
import type { WorkspaceState } from './workspaceState.ts';

/** An authenticated call of the Public API. */
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
  /** The most elements of a page. */
  readonly pageSize: number;
}

/**
 * Answers the calls of one endpoint.
 *
 * @param ids the variable segments of the path, in order
 */
export type Handler = (call: ApiCall, surroundings: ApiSurroundings, ids: readonly string[]) => ApiReply;

/** A method, a path whose groups are the ids, and the function that answers. */
export type Endpoint = readonly [method: string, path: RegExp, handle: Handler];
