import {
  checkParsePolicySet,
  isAuthorized,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cedarPolicies } from '../../../functions/access/cedarPolicies.ts';
import { decide } from '../../../functions/access/decide.ts';
import { type Agent, type Grants, resourceOf } from '../../../functions/access/grants.ts';
import { accessLevels, type Operation, type OperationRequest } from '../../../functions/access/operation.ts';
import { type OperationName, operations } from '../../../functions/access/operations.ts';

const names = Object.keys(operations) as OperationName[];
const resources = [...new Set(names.map(resourceOf))];
const agents = fc.oneof(
  fc.constantFrom<Agent>('trigger/a', 'trigger/b', 'pull/a', 'operator/forget'),
  // Names that a string of Cedar has to escape. Half of a surrogate pair is no character for it.
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((name): Agent => `trigger/"\\${name}`),
);
const grants = fc.dictionary(
  agents,
  fc.dictionary(fc.constantFrom(...resources), fc.constantFrom(...accessLevels)),
) as fc.Arbitrary<Grants>;

/** Operations that the catalogue leaves out on purpose, and names that are none. */
const forbidden = [
  'deletePerson',
  'createRegulation',
  'deleteSegmentSource',
  '__proto__',
  'askmave',
  '',
] as const;

interface Asked {
  readonly agent: Agent;
  readonly name: OperationName | (typeof forbidden)[number];
}

/** Agents that the grants name are asked as often as others. */
function askedOf(granted: Grants): fc.Arbitrary<readonly Asked[]> {
  const known = Object.keys(granted) as Agent[];
  const agent = known.length === 0 ? agents : fc.oneof(agents, fc.constantFrom(...known));
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom<Asked['name']>(...forbidden),
  );
  const asked = fc.record({ agent, name });
  return fc.array(asked, { minLength: 100, maxLength: 100 });
}

function isKnown(name: Asked['name']): name is OperationName {
  return Object.hasOwn(operations, name);
}

function requestOf({ agent, name }: Asked) {
  return {
    principal: { type: 'Agent', id: agent },
    action: { type: 'Action', id: name },
    resource: { type: 'Resource', id: isKnown(name) ? resourceOf(name) : 'segment.sources' },
    context: {},
    entities: [],
  };
}

/** A request that fits an operation. */
function fitting(operation: Operation): OperationRequest {
  const ids = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, id]) => [id, 'x1']);
  return { path: Object.fromEntries(ids), ...(operation.hasBody ? { body: {} } : {}) };
}

describe('grants as Cedar policies', () => {
  it('let Cedar decide as the access decision does, on 10,000 random requests', () => {
    let allowed = 0;
    fc.assert(
      fc.property(
        grants.chain((granted) => fc.tuple(fc.constant(granted), askedOf(granted))),
        ([granted, requests]) => {
          const policies = { staticPolicies: cedarPolicies(granted) };
          expect(preparsePolicySet('granted', policies)).toEqual({ type: 'success' });
          for (const asked of requests) {
            const answer = statefulIsAuthorized({ ...requestOf(asked), preparsedPolicySetId: 'granted' });
            const request = isKnown(asked.name) ? fitting(operations[asked.name]) : {};
            const { kind } = decide(asked.agent, asked.name, request, granted);
            allowed += kind === 'allowed' ? 1 : 0;
            expect(answer).toMatchObject({
              type: 'success',
              response: { decision: kind === 'allowed' ? 'allow' : 'deny', diagnostics: { errors: [] } },
            });
          }
        },
      ),
      { numRuns: 100 },
    );
    // Neither decision is the rare one.
    expect(allowed).toBeGreaterThan(500);
    expect(allowed).toBeLessThan(9_500);
  });

  it('are one policy for each agent and resource, which Cedar can read', () => {
    const text = cedarPolicies({
      'trigger/churn-signal': { 'mavera.mave': 'write', 'mavera.usage': 'off', 'mavera.personas': 'read' },
    });
    expect(checkParsePolicySet({ staticPolicies: text })).toEqual({ type: 'success' });
    expect(text).toBe(
      [
        '@level("write")',
        'permit (',
        '  principal == Agent::"trigger/churn-signal",',
        '  action in [Action::"askMave", Action::"listMaveThreads", Action::"readMaveThread"],',
        '  resource == Resource::"mavera.mave"',
        ');',
        '',
        '@level("read")',
        'permit (',
        '  principal == Agent::"trigger/churn-signal",',
        '  action in [Action::"listPersonas"],',
        '  resource == Resource::"mavera.personas"',
        ');',
        '',
      ].join('\n'),
    );
  });

  it('permit nothing without grants', () => {
    expect(cedarPolicies({})).toBe('');
    const answer = isAuthorized({
      ...requestOf({ agent: 'trigger/a', name: 'readUsage' }),
      policies: { staticPolicies: '' },
    });
    expect(answer).toMatchObject({ type: 'success', response: { decision: 'deny' } });
  });
});
