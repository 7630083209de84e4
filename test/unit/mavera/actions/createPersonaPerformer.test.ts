import { describe, expect, it } from 'vitest';
import { createPersonaPerformer } from '../../../../functions/mavera/actions/createPersonaPerformer.ts';
import { describeSchemaError, isSchemaError } from '../../../../functions/schema/schemaError.ts';

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

const runId = '0123456789'.repeat(4);

function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return isSchemaError(error) ? describeSchemaError(error) : `no schema error: ${String(error)}`;
  }
  throw new Error('it was accepted');
}

describe('creating a persona', () => {
  it('is a POST to /personas with what the builder chose, for Mavera to judge', () => {
    expect(createPersonaPerformer.request(documentedRequest, runId)).toEqual({
      method: 'POST',
      path: '/personas',
      body: documentedRequest,
    });
  });

  it.each(['ab', 'x'.repeat(100)])('takes names of 2 to 100 characters (%#)', (name) => {
    expect(createPersonaPerformer.request({ name }, runId).body).toEqual({ name });
  });

  it.each([
    [{}, 'name'],
    [{ name: 'a' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: null }, 'name'],
    [null, 'expected object'],
  ])('is refused for a request that Mavera would refuse, naming the field (%#)', (built, field) => {
    expect(problemOf(() => createPersonaPerformer.request(built, runId))).toContain(field);
  });

  it('marks the description with its run, so that it can be found when the answer is lost', () => {
    const built = { name: 'A trial user', description: 'On the pro plan.' };
    expect(createPersonaPerformer.request(built, runId).body).toEqual({
      ...built,
      description: 'On the pro plan. [run 0123456789012345]',
    });
  });

  it('is expected to cost 300 credits', () => {
    expect(createPersonaPerformer.estimatedCredits).toBe(300);
  });
});

describe('the persona that was created', () => {
  it('is read as documented: its cost is not where other answers have it', () => {
    expect(createPersonaPerformer.readAnswer(documentedAnswer)).toEqual({
      creditsUsed: 300,
      result: { personaId: 'clx1abc2d0001abcdef123456', name: 'Enterprise CMO' },
    });
  });

  it.each([undefined, null])('may not say what it cost (%j)', (credits_charged) => {
    const { creditsUsed } = createPersonaPerformer.readAnswer({ ...documentedAnswer, credits_charged });
    expect(creditsUsed).toBeUndefined();
  });

  it.each([
    [{ object: 'custom_persona' }, 'id'],
    [{ id: 5 }, 'id'],
    [null, 'expected object'],
  ])('is refused without its id (%#)', (json, field) => {
    expect(problemOf(() => createPersonaPerformer.readAnswer(json))).toContain(field);
  });
});
