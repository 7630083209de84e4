import { LocalSystemError } from '../localSystemError.ts';
import { asIntrinsic, type Intrinsic } from './intrinsic.ts';

/** The values of `Ref` and `Fn::GetAtt` for one resource. */
export interface ResourceAttributes {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The values of intrinsic functions. */
export interface IntrinsicContext {
  /** The resource whose properties are resolved; errors name it. */
  readonly logicalId: string;
  readonly pseudoParameters: Readonly<Record<string, string>>;
  readonly resources: ReadonlyMap<string, ResourceAttributes>;
}

/**
 * Replaces CloudFormation's intrinsic functions (`Ref`, `Fn::GetAtt`, `Fn::Join`, `Fn::Sub`, `Fn::Select`,
 * `Fn::Split`, pseudo parameters, `AWS::NoValue`) by their values, at any depth.
 *
 * @throws {LocalSystemError} for any other function, and for an unknown resource or attribute.
 */
export function resolveIntrinsics(value: unknown, context: IntrinsicContext): unknown {
  if (Array.isArray(value)) {
    return value
      .map((element) => resolveIntrinsics(element, context))
      .filter((element) => element !== undefined);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const intrinsic = asIntrinsic(value);
  if (intrinsic !== undefined) {
    return resolveIntrinsic(intrinsic, context);
  }
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, resolveIntrinsics(inner, context)] as const,
  );
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

function resolveIntrinsic({ name, argument }: Intrinsic, context: IntrinsicContext): unknown {
  switch (name) {
    case 'Ref':
      return reference(text(argument, name, context), context);
    case 'Fn::GetAtt':
      return getAttribute(argument, context);
    case 'Fn::Join': {
      const [delimiter, parts] = list(argument, name, context);
      return textList(parts, name, context).join(text(delimiter, name, context));
    }
    case 'Fn::Split': {
      const [delimiter, source] = list(argument, name, context);
      return text(source, name, context).split(text(delimiter, name, context));
    }
    case 'Fn::Select':
      return select(argument, context);
    case 'Fn::Sub':
      return substitute(argument, context);
    default:
      throw new LocalSystemError(`${context.logicalId}: the local system does not know ${name}`);
  }
}

function reference(name: string, context: IntrinsicContext): string | undefined {
  if (name === 'AWS::NoValue') {
    return undefined;
  }
  return context.pseudoParameters[name] ?? resource(name, context).ref;
}

function resource(logicalId: string, context: IntrinsicContext): ResourceAttributes {
  const found = context.resources.get(logicalId);
  if (found === undefined) {
    throw new LocalSystemError(
      `${context.logicalId} refers to ${logicalId}, which the local system does not have`,
    );
  }
  return found;
}

function getAttribute(argument: unknown, context: IntrinsicContext): string {
  const path = typeof argument === 'string' ? argument.split('.') : textList(argument, 'Fn::GetAtt', context);
  const [logicalId = '', ...rest] = path;
  const attribute = rest.join('.');
  const value = resource(logicalId, context).attributes[attribute];
  if (value === undefined) {
    throw new LocalSystemError(
      `${context.logicalId} asks for the attribute ${attribute} of ${logicalId}, which the local system does not have`,
    );
  }
  return value;
}

function select(argument: unknown, context: IntrinsicContext): string {
  const [index, parts] = list(argument, 'Fn::Select', context);
  const selected = textList(parts, 'Fn::Select', context)[Number(index)];
  if (selected === undefined) {
    throw new LocalSystemError(`${context.logicalId}: Fn::Select finds no element ${String(index)}`);
  }
  return selected;
}

function substitute(argument: unknown, context: IntrinsicContext): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = resolveIntrinsics(variables, context) as Readonly<Record<string, unknown>>;
  return text(template, 'Fn::Sub', context).replace(
    /\$\{(!?)([^}]+)\}/g,
    (_, literal: string, name: string) => {
      if (literal === '!') {
        return `\${${name}}`;
      }
      if (Object.hasOwn(own, name)) {
        return text(own[name], 'Fn::Sub', context);
      }
      return name.includes('.') ? getAttribute(name, context) : (reference(name, context) ?? '');
    },
  );
}

function list(argument: unknown, name: string, context: IntrinsicContext): readonly unknown[] {
  const resolved = resolveIntrinsics(argument, context);
  if (!Array.isArray(resolved)) {
    throw new LocalSystemError(`${context.logicalId}: ${name} needs a list`);
  }
  return resolved;
}

function textList(argument: unknown, name: string, context: IntrinsicContext): readonly string[] {
  return list(argument, name, context).map((part) => text(part, name, context));
}

function text(argument: unknown, name: string, context: IntrinsicContext): string {
  const resolved = resolveIntrinsics(argument, context);
  if (typeof resolved !== 'string' && typeof resolved !== 'number') {
    throw new LocalSystemError(`${context.logicalId}: ${name} needs a string`);
  }
  return String(resolved);
}
