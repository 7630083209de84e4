/** The shape of JSON: names and types, without the values. */
export type Shape = string | readonly Shape[] | { readonly [name: string]: Shape };

/** Deeper JSON is not a document of an API. */
const deepest = 12;
const mostMembers = 100;
/** What names of members look like. Others may be data: ids, names, addresses. */
const memberName = /^[a-z_$][A-Za-z_$-]{0,39}\d{0,2}$/;

/**
 * The shape of a value. The members of a list are merged to one. A name that may be data is written `<key>`.
 *
 * @example shapeOf({ id: 'fg_1', scores: [1, 2] }) // { id: 'string', scores: ['number'] }
 */
export function shapeOf(value: unknown, depth = 0): Shape {
  if (value === null || typeof value !== 'object') {
    return value === null ? 'null' : stringShape(value);
  }
  if (depth === deepest) {
    return Array.isArray(value) ? 'list' : 'object';
  }
  if (Array.isArray(value)) {
    const shapes = value.slice(0, mostMembers).map((item) => shapeOf(item, depth + 1));
    return shapes.length === 0 ? [] : [shapes.reduce(merged)];
  }
  const shape = new Map<string, Shape>();
  for (const [name, member] of Object.entries(value).slice(0, mostMembers)) {
    const shown = memberName.test(name) ? name : '<key>';
    const before = shape.get(shown);
    const own = shapeOf(member, depth + 1);
    shape.set(shown, before === undefined ? own : merged(before, own));
  }
  return Object.fromEntries(shape);
}

/** Both shapes in one. A member that only one of them has is in it too. */
export function merged(one: Shape, other: Shape): Shape {
  if (typeof one === 'string' || typeof other === 'string') {
    return mergedTypes(one, other);
  }
  if (isList(one) || isList(other)) {
    return isList(one) && isList(other) ? mergedLists(one, other) : 'list | object';
  }
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, mergedMembers(one[name], other[name])]));
}

function mergedLists(one: readonly Shape[], other: readonly Shape[]): readonly Shape[] {
  const items = [...one, ...other];
  return items.length === 0 ? [] : [items.reduce(merged)];
}

function mergedMembers(one: Shape | undefined, other: Shape | undefined): Shape {
  return one === undefined ? (other ?? 'null') : other === undefined ? one : merged(one, other);
}

/** `null` beside an object or a list says only that it may be absent. */
function mergedTypes(one: Shape, other: Shape): Shape {
  const types = [one, other].flatMap((shape) => (typeof shape === 'string' ? shape.split(' | ') : []));
  const complex = [one, other].find((shape) => typeof shape !== 'string');
  if (complex !== undefined && types.every((type) => type === 'null')) {
    return complex;
  }
  const all = complex === undefined ? types : [...types, isList(complex) ? 'list' : 'object'];
  return [...new Set(all)].toSorted().join(' | ');
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

/** A string that is a moment is told from others, which helps to read a result. */
function stringShape(value: unknown): string {
  const isMoment = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(value);
  return isMoment ? 'moment' : typeof value;
}
