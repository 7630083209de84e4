import { describe, expect, it } from 'vitest';
import { useMavera } from './mavera.ts';

describe('workspaces', () => {
  it('are listed in pages as the reference shows them', async () => {
    const workspaces = ['ws_1', 'ws_2', 'ws_3'].map((id) => ({ id, name: `Workspace ${id}` }));
    const { call } = await useMavera({ workspaces });
    const first = (await call('GET', '/workspaces?limit=2')).body as { readonly next_cursor: string };
    expect(first).toMatchObject({
      object: 'list',
      data: [{ id: 'ws_1', object: 'workspace', name: 'Workspace ws_1', type: 'user' }, { id: 'ws_2' }],
      has_more: true,
    });
    expect((await call('GET', `/workspaces?limit=2&cursor=${first.next_cursor}`)).body).toMatchObject({
      data: [{ id: 'ws_3' }],
      has_more: false,
      next_cursor: null,
    });
  });

  it('are one in a new account, read by id, free of credits', async () => {
    const { mavera, call } = await useMavera();
    expect((await call('GET', '/workspaces')).body).toMatchObject({ data: [{ id: 'ws_default' }] });
    expect((await call('GET', '/workspaces/ws_default')).body).toMatchObject({ name: 'Research' });
    expect((await call('GET', '/workspaces/unknown')).status).toBe(404);
    expect(mavera.credits().used).toBe(0);
  });
});
