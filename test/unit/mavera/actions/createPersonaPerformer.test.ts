import { describe, expect, it } from 'vitest';
import type { ActionResult } from '../../../../functions/mavera/actions/actionResult.ts';
import { createPersonaPerformer } from '../../../../functions/mavera/actions/createPersonaPerformer.ts';
import type { SystemRequest } from '../../../../functions/systems/systemClient.ts';
import { createPersona } from '../../../../functions/triggers/actions.ts';
import { problemOf, requestOptions } from './requestOptions.ts';

/** The request of Mavera's API reference, "Create a custom persona". */
const documentedRequest = {
  pipeline_type: 'intermediate',
  name: 'Enterprise CMO',
  type: 'B2B',
  role_segment: ['CMO', 'VP Marketing'],
  buying_stage: 'SOLUTION_AWARE',
  decision_role: 'ECONOMIC_BUYER',
  primary_objectives: ['Grow'],
  mcda_weights: { price: 3, timeToValue: 4, risk: 2, proof: 5, support: 3 },
  goals: ['Reach'],
  pains: ['Cost'],
};

/** Its answer. */
const documentedAnswer = {
  id: 'clx1abc2d0001abcdef123456',
  object: 'custom_persona',
  name: 'Enterprise CMO',
  category: 'Custom',
  description: '…',
  pipeline_type: 'intermediate',
  type: 'B2B',
  is_custom: true,
  created_at: 1_706_345_678,
  credits_charged: 300,
  details: { pipeline_type: 'intermediate', goals: ['Reach'] },
};

const create = createPersona(() => ({ name: 'Ann' }));

/** The request for what a builder returned. */
function requestOf(built: unknown): SystemRequest {
  return createPersonaPerformer.request(built, requestOptions(create)).request;
}

function read(json: unknown): ActionResult {
  const answer = createPersonaPerformer.readAnswer(json, create);
  if ('pendingId' in answer) {
    throw new Error('a persona exists at once');
  }
  return answer;
}

describe('creating a persona', () => {
  it('creating a persona is a POST to /personas with what the builder returned', () => {
    expect(requestOf(documentedRequest)).toEqual({
      method: 'POST',
      path: '/personas',
      body: documentedRequest,
    });
  });

  it.each(['ab', 'x'.repeat(100)])('a name has 2 to 100 characters (%#)', (name) => {
    expect(requestOf({ name }).body).toEqual({ name });
  });

  it.each([
    [{}, 'name'],
    [{ name: 'a' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: null }, 'name'],
    [null, 'expected object'],
  ])(
    'a request that Mavera would refuse is refused, and the message names the field (%#)',
    (built, field) => {
      expect(problemOf(() => requestOf(built))).toContain(field);
    },
  );

  it('the description ends with the mark of the run, so that a lost answer can be recovered', () => {
    const built = { name: 'A trial user', description: 'On the pro plan.' };
    expect(requestOf(built).body).toEqual({
      ...built,
      description: 'On the pro plan. [run 0123456789012345]',
    });
  });

  it('a persona is estimated at 300 credits', () => {
    expect(createPersonaPerformer.estimatedCredits).toBe(300);
  });
});

describe('the persona that was created', () => {
  it('the documented persona is read, with its cost in credits_charged', () => {
    expect(read(documentedAnswer)).toEqual({
      creditsUsed: 300,
      result: { personaId: 'clx1abc2d0001abcdef123456', name: 'Enterprise CMO' },
      keptId: 'clx1abc2d0001abcdef123456',
    });
  });

  it.each([undefined, null])('a persona without its cost is read (%j)', (credits_charged) => {
    const { creditsUsed } = read({ ...documentedAnswer, credits_charged });
    expect(creditsUsed).toBeUndefined();
  });

  it.each([
    [{ object: 'custom_persona' }, 'id'],
    [{ id: 5 }, 'id'],
    [null, 'expected object'],
  ])('a persona without an id is refused (%#)', (json, field) => {
    expect(problemOf(() => read(json))).toContain(field);
  });
});
