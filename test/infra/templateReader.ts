import type { Template } from 'aws-cdk-lib/assertions';

/** A resource of a template. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A statement of a policy. Its resource is the logical id, without the hash, of what it refers to. */
export interface Statement {
  readonly actions: readonly string[];
  readonly resource: string;
}

/** The only resource of this type whose logical id starts with `idStart`. */
export function resource(template: Template, type: string, idStart = ''): Resource {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idStart));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(
      `expected one ${type} ${idStart}…, found ${found.map(([id]) => id).join(', ') || 'none'}`,
    );
  }
  return { id: first[0], ...(first[1] as Omit<Resource, 'id'>) };
}

/** The environment variables of a function. A reference is shown as `LedgerTable`. */
export function environmentOf(template: Template, idStart: string): Record<string, string> {
  const { Environment } = resource(template, 'AWS::Lambda::Function', idStart).Properties;
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, show(value)]));
}

/** Everything a function may do, by the statement's id: inline and attached policies of its role together. */
export function permissionsOf(template: Template, idStart: string): Record<string, Statement> {
  const role = resource(template, 'AWS::IAM::Role', `${idStart}Role`);
  const documents = [
    ...((role.Properties.Policies ?? []) as { PolicyDocument: unknown }[]),
    ...Object.values(template.findResources('AWS::IAM::Policy'))
      .map(({ Properties }) => Properties)
      .filter(({ Roles }) => JSON.stringify(Roles).includes(`"${role.id}"`)),
  ].map(({ PolicyDocument }) => PolicyDocument as { Statement: Record<string, unknown>[] });
  return Object.fromEntries(
    documents
      .flatMap(({ Statement }) => Statement)
      .map(({ Sid, Action, Resource, ...rest }) => {
        const isPlain = rest.Effect === 'Allow' && Object.keys(rest).length === 1;
        return [Sid, { actions: [Action].flat(), resource: isPlain ? show(Resource) : JSON.stringify(rest) }];
      }),
  );
}

/** A string as it is; a reference as the name of what it refers to. */
function show(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref, 'Fn::GetAtt': getAtt } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  const name = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');
  if (Ref !== undefined) {
    return name(Ref);
  }
  return getAtt === undefined ? JSON.stringify(value) : `${name(getAtt[0])}.${getAtt[1]}`;
}
