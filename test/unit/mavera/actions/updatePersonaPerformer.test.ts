import { describe, expect, it } from 'vitest';
import type { PricedRequest } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { updatePersonaPerformer } from '../../../../functions/mavera/actions/updatePersonaPerformer.ts';
import { type UpdatePersonaAction, updatePersona } from '../../../../functions/triggers/actions.ts';
import { problemOf, requestOptions } from './requestOptions.ts';

const perUser = updatePersona(() => ({ name: 'Ann' }), { per: 'user' });
const known = updatePersona(() => ({ name: 'Ann' }), { personaId: 'p-known' });

function requestOf(action: UpdatePersonaAction, built: unknown, keptId?: string): PricedRequest {
  return updatePersonaPerformer.request(built, requestOptions(action, keptId));
}

describe('updating the persona that a trigger has created for a key', () => {
  it('is a creation for the first event of the key, marked with its run', () => {
    const built = { name: 'Customer u-1', pipeline_type: 'north_star', description: 'On the pro plan' };
    expect(requestOf(perUser, built)).toEqual({
      request: {
        method: 'POST',
        path: '/personas',
        body: { ...built, description: 'On the pro plan [run 0123456789012345]' },
      },
    });
  });

  it('needs for the creation what a creation needs: the problem names the field', () => {
    expect(problemOf(() => requestOf(perUser, { description: 'On the pro plan' }))).toContain('name');
  });

  it('is a PATCH for all later ones, with what the builder returned and no mark, at no estimated cost', () => {
    const built = { description: 'On the team plan', goals: ['Reach'] };
    expect(requestOf(perUser, built, 'p-kept')).toEqual({
      request: { method: 'PATCH', path: '/personas/p-kept', body: built },
      estimatedCredits: 0,
    });
  });

  it('is kept for each key, and created anew when it is gone', () => {
    expect(updatePersonaPerformer.keeps?.(perUser)).toEqual({ per: 'user', gone: 'persona_gone' });
    const per = (): string => 'a key';
    expect(updatePersonaPerformer.keeps?.(updatePersona(() => ({}), { per }))).toEqual({
      per,
      gone: 'persona_gone',
    });
  });
});

describe('updating a known persona', () => {
  it('is a PATCH from the first event on', () => {
    expect(requestOf(known, { name: 'Ann B.' })).toEqual({
      request: { method: 'PATCH', path: '/personas/p-known', body: { name: 'Ann B.' } },
      estimatedCredits: 0,
    });
  });

  it('may be the one that a function of the event tells', () => {
    const told = updatePersona(() => ({}), {
      personaId: ({ event, trigger }) => `${trigger} of ${event.userId}`,
    });
    expect(requestOf(told, {}).request.path).toBe('/personas/plan-upgraded%20of%2097980cfea0067');
  });

  it('writes the id so that it cannot lead anywhere else', () => {
    const told = updatePersona(() => ({}), { personaId: '../usage?x=1#' });
    expect(requestOf(told, {}).request.path).toBe('/personas/..%2Fusage%3Fx%3D1%23');
  });

  it.each(['', 5, null, undefined])('fails when that function returns no id: %j', (id) => {
    const told = updatePersona(() => ({}), { personaId: () => id as string });
    expect(() => requestOf(told, {})).toThrow('the function of personaId returned no id');
  });

  it('keeps nothing', () => {
    expect(updatePersonaPerformer.keeps?.(known)).toBeUndefined();
  });
});

describe('an update that Mavera would refuse', () => {
  it.each([
    [{ name: 'a' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 5 }, 'name'],
    [{ description: null }, 'description'],
    ['Ann', 'expected object'],
    [undefined, 'expected object'],
  ])('is refused before the call, naming the field (%#)', (built, field) => {
    expect(problemOf(() => requestOf(known, built))).toContain(field);
  });
});

describe('the persona that was updated', () => {
  it('is read as the one that was created is, and may not say what it cost', () => {
    const answer = { id: 'p-1', object: 'custom_persona', name: 'Ann' };
    expect(updatePersonaPerformer.readAnswer(answer, perUser)).toEqual({
      creditsUsed: undefined,
      result: { personaId: 'p-1', name: 'Ann' },
      keptId: 'p-1',
    });
    expect(updatePersonaPerformer.readAnswer({ ...answer, credits_charged: 300 }, perUser)).toMatchObject({
      creditsUsed: 300,
    });
  });

  it('is refused without its id', () => {
    expect(problemOf(() => updatePersonaPerformer.readAnswer({ name: 'Ann' }, known))).toContain('id');
  });
});
