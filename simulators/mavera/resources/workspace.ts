/** A workspace of the account. */
export interface Workspace {
  readonly id: string;
  readonly name: string;
}

/** The only workspace of a new account. Questions to Mave without a workspace go there. */
export const defaultWorkspace: Workspace = { id: 'ws_default', name: 'Research' };

type WorkspaceObject = Workspace & Readonly<Record<string, unknown>>;

/** How the API shows a workspace. */
export function workspaceObject({ id, name }: Workspace): WorkspaceObject {
  return {
    id,
    object: 'workspace',
    name,
    image: null,
    type: 'user',
    role: 'owner',
    is_owner: true,
    member_count: 1,
    project_count: 0,
    thread_count: 0,
    budget_alert: null,
    usage_limit: null,
    billing_email: null,
    created_at: '2026-01-05T09:00:00.000Z',
    updated_at: '2026-01-05T09:00:00.000Z',
  };
}
