import type { AnyLookup } from '../lookups/anyLookup.ts';
import { pullAgent, pullOf, pullOperations } from '../pulls/pullOf.ts';
import type { ActionKind } from '../triggers/actions.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type AccessLevel, allows, highestLevel } from './operation.ts';
import { type OperationName, operations, type Resource } from './operations.ts';

/** Who acts: `trigger/<name>`, `pull/<name>` or `operator/<command>`. */
export type Agent = `${'trigger' | 'pull' | 'operator'}/${string}`;

/** What an agent may do with each resource. What is absent is `off`. */
export type Access = Readonly<Partial<Record<Resource, AccessLevel>>>;

/** What every agent may do. An agent that is absent may do nothing. */
export type Grants = Readonly<Record<Agent, Access>>;

/** The resource of an operation. */
export function resourceOf(name: OperationName): Resource {
  const { system, resource } = operations[name];
  return `${system}.${resource}` as Resource;
}

/** The operations of an action: its call, and what polls it or searches for a lost answer. */
const actionOperations: Readonly<Record<ActionKind, readonly OperationName[]>> = {
  askMave: ['askMave', 'listMaveThreads', 'readMaveThread', 'readUsage'],
  createPersona: ['createPersona', 'listPersonas', 'readUsage'],
  updatePersona: ['updatePersona', 'createPersona', 'listPersonas', 'readUsage'],
  respondAs: ['respondAs', 'readUsage'],
  runFocusGroup: ['createFocusGroup', 'readFocusGroup', 'listFocusGroups', 'readUsage'],
};

function lookupOperations(lookup: AnyLookup): readonly OperationName[] {
  switch (lookup.kind) {
    case 'segmentProfile':
      return [
        ...(lookup.traits === undefined ? [] : (['readProfileTraits'] as const)),
        ...(lookup.externalIds === true ? (['readProfileIds'] as const) : []),
        ...(lookup.events === true ? (['readProfileEvents'] as const) : []),
        // The names of the Segment sources that ids and events came from.
        ...(lookup.externalIds === true || lookup.events === true ? (['listSegmentSources'] as const) : []),
      ];
    case 'segopsMembership':
      return ['readSegopsMembership'];
    case 'segopsMembers':
      return ['readSegopsSegment', ...((lookup.first ?? 0) > 0 ? (['listSegopsMembers'] as const) : [])];
    case 'maveraWorkspace':
      return ['listWorkspaces'];
  }
}

/** A part of a trigger that makes calls. */
export interface Declaration {
  /** What declares the operations, such as `askMave` or `the lookup profile`. */
  readonly by: string;
  readonly operations: readonly OperationName[];
}

/** What a trigger declares by its action, its lookups and its reports: it needs these operations, and no more. */
export function declarationsOf({ run, toSegment, toSegOps, ...trigger }: Trigger): readonly Declaration[] {
  const lookups = Object.entries(trigger.with ?? {}) as readonly (readonly [string, AnyLookup])[];
  return [
    { by: run.kind, operations: actionOperations[run.kind] },
    ...lookups.map(([name, lookup]) => ({
      by: `the lookup ${name}`,
      operations: lookupOperations(lookup),
    })),
    ...(toSegment === undefined ? [] : [{ by: 'toSegment', operations: ['sendToSegment'] as const }]),
    ...(toSegOps === undefined ? [] : [{ by: 'toSegOps', operations: ['sendToSegops'] as const }]),
  ];
}

/** An agent, and what it declares that it needs. */
export interface DeclaredAgent {
  readonly agent: Agent;
  readonly declarations: readonly Declaration[];
}

/** The agents of a trigger: the trigger itself, which makes runs, and its pull, if it has one. */
export function agentsOf(trigger: Trigger): readonly DeclaredAgent[] {
  const pull = pullOf(trigger)?.pull;
  return [
    { agent: `trigger/${trigger.name}`, declarations: declarationsOf(trigger) },
    ...(pull === undefined
      ? []
      : [
          {
            agent: pullAgent(trigger),
            declarations: [{ by: pull.kind, operations: pullOperations(trigger) }],
          },
        ]),
  ];
}

/** The operations that a trigger declares, each once. */
export function declaredOperations(trigger: Trigger): readonly OperationName[] {
  return [...new Set(declarationsOf(trigger).flatMap(({ operations: names }) => names))];
}

/** For each resource, the highest level that a trigger's operations need. It is what it has without an `access.ts`. */
export function declaredAccess(trigger: Trigger): Access {
  return accessFor(declaredOperations(trigger));
}

/** What an agent has without an `access.ts`: what it declares. */
export function accessOf({ declarations }: Pick<DeclaredAgent, 'declarations'>): Access {
  return accessFor(declarations.flatMap(({ operations: names }) => names));
}

function accessFor(names: readonly OperationName[]): Access {
  const access: Partial<Record<Resource, AccessLevel>> = {};
  for (const name of names) {
    const resource = resourceOf(name);
    access[resource] = highestLevel([access[resource] ?? 'off', operations[name].level]);
  }
  return access;
}

/** What a trigger needs and does not have, by resource; empty when it can run. */
export function missingAccess(trigger: Trigger, granted: Access): Access {
  const needed = Object.entries(declaredAccess(trigger)) as [Resource, AccessLevel][];
  return Object.fromEntries(needed.filter(([resource, level]) => !allows(granted[resource] ?? 'off', level)));
}

/** What one agent may do. */
export interface AgentAccess {
  readonly access: Access;
  /** The only operations that it may call, each with the reason. Absent: all that its access allows. */
  readonly declared?: ReadonlyMap<OperationName, string>;
  /** Operations that the agent declares and may not call: one for each resource that it lacks. */
  readonly missing: readonly OperationName[];
}

/**
 * Reads that finish what a run has sent: polls, and the search for a lost answer. Its trigger may have another action since,
 * or be removed.
 */
const finishing = [
  'listMaveThreads',
  'readMaveThread',
  'listPersonas',
  'readFocusGroup',
  'listFocusGroups',
] as const;

/** What an agent may do: what it declares or, with an `access.ts`, what that grants. */
export function agentAccess({ agent, declarations }: DeclaredAgent, grants: Grants | undefined): AgentAccess {
  if (grants === undefined) {
    return onlyDeclared(declarations, agent.startsWith('trigger/') ? finishing : []);
  }
  const access = grants[agent] ?? {};
  const declared = [...new Set(declarations.flatMap(({ operations: names }) => names))];
  const lacking = declared.filter(
    (name) => !allows(access[resourceOf(name)] ?? 'off', operations[name].level),
  );
  const missing = lacking.filter(
    (name, index) => lacking.findIndex((other) => resourceOf(other) === resourceOf(name)) === index,
  );
  return { access, missing };
}

/** What a trigger that was removed may do. */
export const removedTriggerAccess: AgentAccess = onlyDeclared([], finishing);

function onlyDeclared(
  declarations: readonly Declaration[],
  finishingReads: readonly OperationName[],
): AgentAccess {
  // What stands first gives the reason.
  const declared = declarations
    .flatMap(({ by, operations: names }) => names.map((name) => [name, `it declares ${by}`] as const))
    .reverse();
  const reads = finishingReads.map((name) => [name, 'it finishes what it has sent'] as const);
  const all = new Map<OperationName, string>([...reads, ...declared]);
  return { access: accessFor([...all.keys()]), declared: all, missing: [] };
}
