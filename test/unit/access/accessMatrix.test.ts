import {
  askMave,
  defineAccess,
  segmentAudiences,
  segmentProfile,
  segopsMembership,
  trigger,
} from 'mavera-triggers';
import { describe, expect, it } from 'vitest';
import { accessMatrix, problemsOfGrants } from '../../../functions/access/accessMatrix.ts';
import { declaredAccess } from '../../../functions/access/grants.ts';

const when = 'type = "track"';
const plain = { name: 'plain', when, run: askMave(() => ({ message: 'Why?' })) };
const full = trigger(
  {
    name: 'full',
    when,
    with: {
      profile: segmentProfile({ traits: ['ltv'] }),
      ids: segmentProfile({ externalIds: true }),
      membership: segopsMembership(),
    },
    toSegment: { track: true },
  },
  askMave(() => ({ message: 'Why?' })),
);

const pulls = trigger(
  { name: 'pulls', from: segmentAudiences({ space: 'spa_1' }), every: '7d' },
  askMave(() => ({ message: 'Why?' })),
);

describe('the matrix of agents and resources', () => {
  it('without an access file gives each trigger what it declares, and names what declares it', () => {
    const entries = accessMatrix([plain, full], undefined);
    expect(entries.every(({ needs, has }) => needs === has && has !== 'off')).toBe(true);
    for (const one of [plain, full]) {
      const ofTrigger = entries.filter(({ agent }) => agent === `trigger/${one.name}`);
      expect(Object.fromEntries(ofTrigger.map(({ resource, has }) => [resource, has]))).toEqual(
        declaredAccess(one),
      );
    }
    expect(entries.find(({ resource }) => resource === 'segmentProfiles.profiles')).toEqual({
      agent: 'trigger/full',
      resource: 'segmentProfiles.profiles',
      needs: 'read',
      has: 'read',
      isEnough: true,
      declaredBy: [
        { by: 'the lookup profile', operations: ['readProfileTraits'] },
        { by: 'the lookup ids', operations: ['readProfileIds'] },
      ],
      grantedBy: 'declaration',
    });
    expect(entries.at(-1)).toMatchObject({ resource: 'segops.membership', needs: 'read' });
  });

  it('shows what is granted and not needed, also to triggers that do not exist', () => {
    const grants = defineAccess({
      triggers: {
        plain: { 'mavera.mave': 'write', 'mavera.personas': 'full' },
        gone: { 'mavera.mave': 'read' },
      },
    });
    expect(accessMatrix([plain], grants)).toMatchObject([
      { agent: 'trigger/plain', resource: 'mavera.mave', needs: 'write', has: 'write', isEnough: true },
      { resource: 'mavera.personas', needs: 'off', has: 'full', isEnough: true, declaredBy: [] },
      { resource: 'mavera.usage', needs: 'read', has: 'off', isEnough: false, grantedBy: 'access.ts' },
      { agent: 'trigger/gone', resource: 'mavera.mave', needs: 'off', has: 'read' },
    ]);
  });
});

describe('a pull', () => {
  it('is an agent of its own: its trigger makes the runs, and reads nothing for it', () => {
    expect(accessMatrix([pulls], undefined)).toMatchObject([
      { agent: 'trigger/pulls', resource: 'mavera.mave' },
      { agent: 'trigger/pulls', resource: 'mavera.usage' },
      {
        agent: 'pull/pulls',
        resource: 'segment.audiences',
        needs: 'read',
        has: 'read',
        declaredBy: [{ by: 'segmentAudiences', operations: ['listAudiences'] }],
      },
    ]);
  });
});

describe('the problems of grants', () => {
  it('are none without an access file, and none where everything is granted that is needed', () => {
    expect(problemsOfGrants([plain, full], undefined)).toEqual([]);
    expect(
      problemsOfGrants([plain, full], {
        'trigger/plain': declaredAccess(plain),
        'trigger/full': declaredAccess(full),
      }),
    ).toEqual([]);
  });

  it('name each trigger and what it lacks when nothing is granted', () => {
    expect(problemsOfGrants([plain, full], defineAccess({}))).toEqual([
      'trigger "plain": it needs write on mavera.mave for askMave; that is not granted',
      'trigger "plain": it needs read on mavera.usage for askMave; that is not granted',
      'trigger "full": it needs write on mavera.mave for askMave; that is not granted',
      'trigger "full": it needs read on mavera.usage for askMave; that is not granted',
      'trigger "full": it needs read on segment.sources for the lookup ids; that is not granted',
      'trigger "full": it needs read on segmentProfiles.profiles for the lookup profile and the lookup ids; that is not granted',
      'trigger "full": it needs write on segmentTracking.events for toSegment; that is not granted',
      'trigger "full": it needs read on segops.membership for the lookup membership; that is not granted',
    ]);
    expect(
      problemsOfGrants([plain], { 'trigger/plain': { ...declaredAccess(plain), 'mavera.mave': 'read' } }),
    ).toEqual(['trigger "plain": it needs write on mavera.mave for askMave; only read is granted']);
  });

  it('name what a pull lacks, and a pull that does not exist', () => {
    const grants = defineAccess({
      triggers: { pulls: { 'mavera.mave': 'write', 'mavera.usage': 'read' } },
      pulls: { plus: { 'segment.audiences': 'read' } },
    });
    expect(problemsOfGrants([pulls], grants)).toEqual([
      'pull "plus": there is no such pull; the pulls are pulls',
      'pull "pulls": it needs read on segment.audiences for segmentAudiences; that is not granted',
    ]);
  });

  it('name a trigger that does not exist, and those that do', () => {
    expect(
      problemsOfGrants([plain], {
        'trigger/plain': declaredAccess(plain),
        'trigger/plian': { 'mavera.mave': 'write' },
      }),
    ).toEqual(['trigger "plian": there is no such trigger; the triggers are plain']);
  });
});
