import { type Access, type Agent, type Grants, resourceOf } from './grants.ts';
import { type AccessLevel, accessLevels, allows } from './operation.ts';
import { type OperationName, operations, type Resource } from './operations.ts';

/**
 * Writes grants as Cedar policies: one `permit` for each agent and resource, with the operations that its level allows. What
 * no policy permits is denied, as it is by `decide`.
 *
 * A request is `principal == Agent::"trigger/churn-signal"`, `action == Action::"askMave"` and `resource ==
 * Resource::"mavera.mave"`. It has no context and needs no entities.
 *
 * Source: Cedar policy language reference, "Policies", "Strings".
 */
export function cedarPolicies(grants: Grants): string {
  const agents = Object.keys(grants) as Agent[];
  return agents.flatMap((agent) => policiesOf(agent, grants[agent] ?? {})).join('\n');
}

function policiesOf(agent: Agent, access: Access): readonly string[] {
  const resources = Object.keys(access) as Resource[];
  return resources.flatMap((resource) => {
    const level = accessLevels.find((known) => known === access[resource]) ?? 'off';
    const allowed = operationsOn(resource, level);
    return allowed.length === 0 ? [] : [permit(agent, resource, level, allowed)];
  });
}

function operationsOn(resource: Resource, level: AccessLevel): readonly OperationName[] {
  const names = Object.keys(operations) as OperationName[];
  return names.filter((name) => resourceOf(name) === resource && allows(level, operations[name].level));
}

function permit(
  agent: Agent,
  resource: Resource,
  level: AccessLevel,
  allowed: readonly OperationName[],
): string {
  const actions = allowed.map((name) => `Action::${quoted(name)}`);
  return [
    `@level(${quoted(level)})`,
    'permit (',
    `  principal == Agent::${quoted(agent)},`,
    `  action in [${actions.join(', ')}],`,
    `  resource == Resource::${quoted(resource)}`,
    ');\n',
  ].join('\n');
}

/** A string of Cedar: what is not a plain character is written by its code point. */
function quoted(text: string): string {
  const escaped = text.replace(
    /[^ !#-[\]-~]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return `"${escaped}"`;
}
