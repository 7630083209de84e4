import type { Lookup, LookupOptions } from './lookup.ts';

/** A workspace of the Mavera account. */
export interface MaveraWorkspace {
  readonly id: string;
  readonly name?: string | undefined;
}

export type MaveraWorkspaceLookup = Lookup<MaveraWorkspace, 'maveraWorkspace'>;

/**
 * Looks up the only workspace of the Mavera account. A run fails when the account has several workspaces: its builder then
 * has to name one.
 *
 * @example with: { workspace: maveraWorkspace() }
 */
export function maveraWorkspace(options: LookupOptions = {}): MaveraWorkspaceLookup {
  return { kind: 'maveraWorkspace', ...options };
}
