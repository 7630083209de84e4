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
  it('the first event of a key creates the persona, marked with its run', () => {
    const built = { name: 'Customer u-1', pipeline_type: 'north_star', description: 'On the pro plan' };
    expect(requestOf(perUser, built)).toEqual({
      request: {
        method: 'POST',
        path: '/personas',
        body: { ...built, description: 'On the pro plan [run 0123456789012345]' },
      },
    });
  });

  it('a creation without a name is refused, and the message names the field', () => {
    expect(problemOf(() => requestOf(perUser, { description: 'On the pro plan' }))).toContain('name');
  });

  it('later events of a key are a PATCH without a mark, estimated at 0 credits', () => {
    const built = { description: 'On the team plan', goals: ['Reach'] };
    expect(requestOf(perUser, built, 'p-kept')).toEqual({
      request: { method: 'PATCH', path: '/personas/p-kept', body: built },
      estimatedCredits: 0,
    });
  });

  it('the persona is kept for each key by event time, and a run waits as persona_gone when it is gone', () => {
    expect(updatePersonaPerformer.keeps?.(perUser)).toEqual({
      per: 'user',
      gone: 'persona_gone',
      byEventTime: true,
    });
    const per = (): string => 'a key';
    expect(updatePersonaPerformer.keeps?.(updatePersona(() => ({}), { per }))).toEqual({
      per,
      gone: 'persona_gone',
      byEventTime: true,
    });
  });
});

describe('updating a known persona', () => {
  it('a known persona is updated by PATCH from the first event on', () => {
    expect(requestOf(known, { name: 'Ann B.' })).toEqual({
      request: { method: 'PATCH', path: '/personas/p-known', body: { name: 'Ann B.' } },
      estimatedCredits: 0,
    });
  });

  it('a function of the event may name the persona', () => {
    const told = updatePersona(() => ({}), {
      personaId: ({ event, trigger }) => `${trigger} of ${event.userId}`,
    });
    expect(requestOf(told, {}).request.path).toBe('/personas/plan-upgraded%20of%2097980cfea0067');
  });

  it('an id is written so that its path leads to no other resource', () => {
    const told = updatePersona(() => ({}), { personaId: '../usage?x=1#' });
    expect(requestOf(told, {}).request.path).toBe('/personas/..%2Fusage%3Fx%3D1%23');
  });

  it.each(['', 5, null, undefined])('a personaId function that returns no id is an error: %j', (id) => {
    const told = updatePersona(() => ({}), { personaId: () => id as string });
    expect(() => requestOf(told, {})).toThrow('the function of personaId returned no id');
  });

  it('a trigger that names its persona keeps none', () => {
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
  ])(
    'an update that Mavera would refuse is refused, and the message names the field (%#)',
    (built, field) => {
      expect(problemOf(() => requestOf(known, built))).toContain(field);
    },
  );
});

describe('the persona that was updated', () => {
  it('an updated persona is read like a created one, with or without its cost', () => {
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

  it('an updated persona without an id is refused', () => {
    expect(problemOf(() => updatePersonaPerformer.readAnswer({ name: 'Ann' }, known))).toContain('id');
  });
});
