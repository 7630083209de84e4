import type { BuilderContext } from '../../triggers/actions.ts';

/**
 * An id that a trigger gives, or works out of its event.
 *
 * @throws TypeError when its function returns no id, and what that function throws
 */
export function idOf(id: string | ((context: BuilderContext) => string), context: BuilderContext): string {
  const found: unknown = typeof id === 'function' ? id(context) : id;
  // `.` and `..` would lead to another resource.
  if (typeof found !== 'string' || ['', '.', '..'].includes(found)) {
    throw new TypeError('the function of personaId returned no id');
  }
  return found;
}
