import { LocalSystemError } from '../localSystemError.ts';
import { asIntrinsic } from './intrinsic.ts';

/** The logical ids that a part of a template refers to, by `Ref`, `Fn::GetAtt` or `Fn::Sub`. */
export function references(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  const intrinsic = Array.isArray(value) ? undefined : asIntrinsic(value);
  for (const name of intrinsic === undefined ? [] : directReferences(intrinsic.name, intrinsic.argument)) {
    found.add(name);
  }
  for (const inner of Object.values(value)) {
    collect(inner, found);
  }
}

function directReferences(name: string, argument: unknown): readonly string[] {
  const text = Array.isArray(argument) ? argument[0] : argument;
  if (typeof text !== 'string') {
    return [];
  }
  switch (name) {
    case 'Ref':
      return [text];
    case 'Fn::GetAtt':
      return [text.split('.')[0] ?? text];
    case 'Fn::Sub':
      return [...text.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map(([, id]) => id ?? '');
    default:
      return [];
  }
}

/**
 * Sorts resources so that each comes after those that it refers to, as CloudFormation creates them.
 *
 * @throws {LocalSystemError} for resources that refer to each other in a circle.
 */
export function inDependencyOrder<
  Resource extends { readonly logicalId: string; readonly properties: unknown },
>(resources: readonly Resource[]): readonly Resource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const ordered = new Set<Resource>();
  const visit = (resource: Resource, path: readonly string[]): void => {
    if (path.includes(resource.logicalId)) {
      throw new LocalSystemError(
        `resources refer to each other in a circle: ${[...path, resource.logicalId].join(' → ')}`,
      );
    }
    for (const id of references(resource.properties)) {
      const dependency = byId.get(id);
      if (dependency !== undefined) {
        visit(dependency, [...path, resource.logicalId]);
      }
    }
    ordered.add(resource);
  };
  for (const resource of resources) {
    visit(resource, []);
  }
  return [...ordered];
}
