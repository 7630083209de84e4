import type { Trigger } from '../triggers/trigger.ts';
import {
  type Agent,
  accessOf,
  agentsOf,
  type Declaration,
  type DeclaredAgent,
  type Grants,
  resourceOf,
} from './grants.ts';
import { type AccessLevel, allows, highestLevel } from './operation.ts';
import { type OperationName, operations, type Resource } from './operations.ts';

/** What an agent needs of a resource and has, and why. */
export interface AccessEntry {
  readonly agent: Agent;
  readonly resource: Resource;
  readonly needs: AccessLevel;
  readonly has: AccessLevel;
  /** Whether what it has is enough. */
  readonly isEnough: boolean;
  /** What of the trigger needs the resource, and for which operations; empty when it is granted but not needed. */
  readonly declaredBy: readonly Declaration[];
  /** Where what it has comes from: the trigger's own declarations, or the access file. */
  readonly grantedBy: 'declaration' | 'access.ts';
}

/**
 * The matrix of agents and resources; what an agent neither needs nor has is left out.
 *
 * @param grants what the access file grants; `undefined` without such a file: each trigger has what it declares
 */
export function accessMatrix(
  triggers: readonly Trigger[],
  grants: Grants | undefined,
): readonly AccessEntry[] {
  const declared = triggers.flatMap(agentsOf);
  const known = new Set<Agent>(declared.map(({ agent }) => agent));
  const others = (Object.keys(grants ?? {}) as Agent[]).filter((agent) => !known.has(agent));
  return [
    ...declared.flatMap((one) => entriesOf(one, grants)),
    // Agents that do not exist: check names them.
    ...others.flatMap((agent) => entriesOf({ agent, declarations: [] }, grants)),
  ];
}

/** The entries of one agent, by the names of their resources. */
function entriesOf(
  { agent, declarations }: DeclaredAgent,
  grants: Grants | undefined,
): readonly AccessEntry[] {
  const granted = grants?.[agent] ?? {};
  const needed = declarations.flatMap(({ operations: names }) => names.map(resourceOf));
  const resources = new Set([...needed, ...(Object.keys(granted) as Resource[])]);
  return [...resources].sort().map((resource) => {
    const declaredBy = declarations.flatMap((declaration) => onResource(declaration, resource));
    const needs = highestLevel(
      declaredBy.flatMap(({ operations: names }) => names.map((name) => operations[name].level)),
    );
    const has = grants === undefined ? needs : (granted[resource] ?? 'off');
    return {
      agent,
      resource,
      needs,
      has,
      isEnough: allows(has, needs),
      declaredBy,
      grantedBy: grants === undefined ? 'declaration' : 'access.ts',
    };
  });
}

function onResource({ by, operations: names }: Declaration, resource: Resource): readonly Declaration[] {
  const ofResource: readonly OperationName[] = names.filter((name) => resourceOf(name) === resource);
  return ofResource.length === 0 ? [] : [{ by, operations: ofResource }];
}

/**
 * What is wrong with the grants for these triggers, a sentence each: agents that do not exist, and what agents lack.
 *
 * @param grants as in {@link accessMatrix}
 */
export function problemsOfGrants(
  triggers: readonly Trigger[],
  grants: Grants | undefined,
): readonly string[] {
  const names = triggers.flatMap(agentsOf).map(({ agent }) => agent);
  const unknown = (Object.keys(grants ?? {}) as Agent[]).filter((agent) => !names.includes(agent));
  const lacking = accessMatrix(triggers, grants).filter(({ isEnough }) => !isEnough);
  return [
    ...unknown.map((agent) => {
      const kind = kindOf(agent);
      const known = names.filter((name) => kindOf(name) === kind).map(nameOf);
      return `${quotedName(agent)}: there is no such ${kind}; the ${kind}s are ${known.join(', ') || 'none'}`;
    }),
    ...lacking.map(
      ({ agent, resource, needs, has, declaredBy }) =>
        `${quotedName(agent)}: it needs ${needs} on ${resource} for ${declaredBy.map(({ by }) => by).join(' and ')}; ` +
        (has === 'off' ? 'that is not granted' : `only ${has} is granted`),
    ),
  ];
}

/** What triggers and pulls have without an access file. */
export function declaredGrants(triggers: readonly Trigger[]): Grants {
  return Object.fromEntries(triggers.flatMap(agentsOf).map((one) => [one.agent, accessOf(one)]));
}

function quotedName(agent: Agent): string {
  return `${kindOf(agent)} "${nameOf(agent)}"`;
}

function kindOf(agent: Agent): string {
  return agent.slice(0, agent.indexOf('/'));
}

function nameOf(agent: Agent): string {
  return agent.slice(agent.indexOf('/') + 1);
}
