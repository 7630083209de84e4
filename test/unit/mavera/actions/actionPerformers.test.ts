import { describe, expect, it } from 'vitest';
import { performerOf } from '../../../../functions/mavera/actions/actionPerformers.ts';
import {
  type Action,
  actionKinds,
  askMave,
  createPersona,
  respondAs,
  runFocusGroup,
  updatePersona,
} from '../../../../functions/triggers/actions.ts';

const actions: readonly Action[] = [
  askMave(() => ({ message: 'Why?' })),
  createPersona(() => ({ name: 'Ann' })),
  updatePersona(() => ({ name: 'Ann' }), { per: 'user' }),
  respondAs(() => ({ input: 'Why?' }), { personaId: 'p-1' }),
  runFocusGroup(() => ({ workspace_id: 'ws_1' })),
];

describe('every action of a triggers file', () => {
  it('each action is of a known kind', () => {
    expect(actions.map(({ kind }) => kind)).toEqual(actionKinds);
  });

  it.each(actions)('each action has its performer: $kind', (action) => {
    expect(performerOf(action)?.kind).toBe(action.kind);
  });
});

describe('an action of a later version', () => {
  it.each(['singSong', 'constructor', 'hasOwnProperty', '__proto__', ''])(
    'an unknown kind of action has no performer: %j',
    (kind) => {
      expect(performerOf({ kind, build: () => ({}) } as unknown as Action)).toBeUndefined();
    },
  );
});
