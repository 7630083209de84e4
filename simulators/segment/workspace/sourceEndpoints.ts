import type { Endpoint } from './apiCall.ts';
import { data, problem } from './apiReply.ts';
import { page } from './page.ts';
import type { WorkspaceSource } from './workspaceSource.ts';

/** Sources, read-only: nothing in the project creates one. */
export const sourceEndpoints: readonly Endpoint[] = [
  [
    'GET',
    /^\/sources$/,
    (call, around) => page(call, around, 'sources', around.state.sources.map(shownSource)),
  ],
  [
    'GET',
    /^\/sources\/([^/]+)$/,
    (_call, { state }, [id]) => {
      const source = state.sources.find((one) => one.id === id);
      return source === undefined
        ? problem(404, 'The source was not found.')
        : data({ source: shownSource(source), trackingPlanId: null });
    },
  ],
];

/** How the Public API shows a source. GUESS: the metadata but its slug, and that a source has one write key. */
export function shownSource({ writeKey, kind = 'javascript', ...source }: WorkspaceSource): object {
  return {
    ...source,
    enabled: true,
    workspaceId: 'ws_local',
    metadata: { id: `local-${kind}`, slug: kind, name: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}` },
    writeKeys: [writeKey],
    labels: [],
  };
}
