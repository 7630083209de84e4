import { checkFqlSyntax } from './fqlSyntax.ts';
import { FqlSyntaxError } from './fqlToken.ts';

/**
 * The problems of a filter; each begins with the field.
 *
 * @param field where the filter stands, e.g. `when`
 */
export function problemsOfFilter(field: string, filter: unknown): string[] {
  if (typeof filter !== 'string' || filter.trim() === '') {
    return [`${field}: expected a filter such as 'type = "track" and event = "plan_upgraded"'`];
  }
  try {
    checkFqlSyntax(filter);
    return [];
  } catch (error) {
    if (error instanceof FqlSyntaxError) {
      return [`${field}: ${error.message} (in: ${filter})`];
    }
    throw error;
  }
}
