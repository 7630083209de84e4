import {
  askMave,
  createPersona,
  respondAs,
  runFocusGroup,
  segmentProfile,
  segopsMembers,
  trigger,
  updatePersona,
} from 'mavera-triggers';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../functions/access/decide.ts';
import { defineAccess, InvalidAccessError } from '../../../functions/access/defineAccess.ts';
import { declaredAccess, declaredOperations, missingAccess } from '../../../functions/access/grants.ts';

const when = 'type = "track"';
const run = askMave(() => ({ message: 'Why?' }));
const usage = { 'mavera.usage': 'read' };

describe('what a trigger declares', () => {
  it.each([
    ['askMave', run, { 'mavera.mave': 'write' }],
    ['createPersona', createPersona(() => ({ name: 'Ann' })), { 'mavera.personas': 'write' }],
    ['updatePersona', updatePersona(() => ({}), { per: 'user' }), { 'mavera.personas': 'write' }],
    ['respondAs', respondAs(() => ({ input: 'x' }), { personaId: 'p' }), { 'mavera.responses': 'write' }],
    ['runFocusGroup', runFocusGroup(() => ({ workspace_id: 'w' })), { 'mavera.focusGroups': 'write' }],
  ])('is the resource of its action %s, and to read the usage', (_, action, access) => {
    expect(declaredAccess({ name: 'a', when, run: action })).toEqual({ ...access, ...usage });
  });

  it('is what its lookups read and its reports send', () => {
    const full = trigger(
      {
        name: 'a',
        when,
        with: { profile: segmentProfile({ traits: ['ltv'] }), members: segopsMembers({ segment: 1 }) },
        toSegment: { track: true },
        toSegOps: { track: true },
      },
      askMave(() => ({ message: 'Why?' })),
    );
    expect(declaredAccess(full)).toEqual({
      'mavera.mave': 'write',
      ...usage,
      'segmentProfiles.profiles': 'read',
      'segops.segments': 'read',
      'segmentTracking.events': 'write',
      'segops.events': 'write',
    });
    expect(declaredOperations(full)).not.toContain('readProfileEvents');
  });

  it('is enough for its own operations, and for no others', () => {
    const one = { name: 'a', when, run };
    const granted = { 'trigger/a': declaredAccess(one) } as const;
    expect(decide('trigger/a', 'askMave', { body: {} }, granted).kind).toBe('allowed');
    expect(decide('trigger/a', 'createPersona', { body: {} }, granted).kind).toBe('refused');
    expect(decide('trigger/b', 'askMave', { body: {} }, granted).kind).toBe('refused');
  });
});

describe('an access file', () => {
  it('grants what it names, and a trigger that needs more lacks the rest', () => {
    const grants = defineAccess({ triggers: { a: { 'mavera.mave': 'read', 'mavera.usage': 'full' } } });
    expect(grants).toEqual({ 'trigger/a': { 'mavera.mave': 'read', 'mavera.usage': 'full' } });
    expect(missingAccess({ name: 'a', when, run }, grants['trigger/a'] ?? {})).toEqual({
      'mavera.mave': 'write',
    });
    expect(missingAccess({ name: 'a', when, run }, {})).toEqual({ 'mavera.mave': 'write', ...usage });
  });

  it.each([
    [null, 'expected { triggers'],
    [{ triggers: [] }, 'expected { triggers'],
    [{ trigers: {} }, 'trigers: there is no such field'],
    [{ triggers: { a: 'full' } }, 'trigger "a": expected an object of resources and levels, got "full"'],
    [{ triggers: { a: { 'mavera.persona': 'read' } } }, 'mavera.persona: there is no such resource'],
    [
      { triggers: { a: { 'mavera.mave': 'admin' } } },
      'mavera.mave: expected off, read, write, full, got "admin"',
    ],
  ])('is refused when it is %j', (file, problem) => {
    const define = (): unknown => defineAccess(file as never);
    expect(define).toThrow(InvalidAccessError);
    expect(define).toThrow(problem);
  });

  it('knows the names of resources when it is compiled', () => {
    // @ts-expect-error there is no such resource
    expect(() => defineAccess({ triggers: { a: { 'mavera.persona': 'read' } } })).toThrow();
  });
});
