import type { Operation } from '../../functions/access/operation.ts';
import { operations } from '../../functions/access/operations.ts';
import { withRows } from './table.ts';

/** Writes the table of `docs/access.md`. */
export function withOperationsTable(page: string): string {
  const rows = Object.entries(operations as Readonly<Record<string, Operation>>).map(
    ([name, { system, method, path, query = [], resource, level }]) => [
      `\`${name}\``,
      `\`${system}\``,
      `\`${method} ${path}${query.length === 0 ? '' : `?${query.join('&')}`}\``,
      `\`${system}.${resource}\``,
      level,
    ],
  );
  return withRows(page, ['operation', 'system', 'call', 'resource', 'level'], rows);
}
