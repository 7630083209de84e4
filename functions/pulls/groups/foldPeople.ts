import type { Fold, Row } from '../pull.ts';
import type { Clustering, Quantiles } from './clusterBy.ts';
import { addValue, type FieldSketch, startSketch } from './fieldSketch.ts';
import { addPerson, type GatheredPeople, type GroupBy, groupsOf, startPeople } from './groupPeople.ts';

/** The groups of a file of people, a person a row. Its value is a list of groups. */
export function groupingFold(
  groupBy: GroupBy,
  fields: readonly string[],
  quantiles?: Quantiles,
): Fold<{ readonly people: GatheredPeople; readonly columns: Columns }> {
  return {
    start: () => ({ people: startPeople(), columns: new Map() }),
    row: (gathered, row) => {
      const { people, columns } = gathered;
      addPerson(people, (field) => columnOf(row, field, columns), groupBy, fields, quantiles);
      return gathered;
    },
    end: ({ people }) => groupsOf(people, fields),
  };
}

/** What the quantiles of a clustering are taken from. Its value is a list of fields and their sketches. */
export function quantilesFold({ quantiles }: Clustering): Fold<{
  readonly sketches: ReadonlyMap<string, FieldSketch>;
  readonly columns: Columns;
}> {
  return {
    start: () => ({
      sketches: new Map(quantiles.map(({ field }) => [field, startSketch()])),
      columns: new Map(),
    }),
    row: (gathered, row) => {
      for (const [field, sketch] of gathered.sketches) {
        addValue(sketch, columnOf(row, field, gathered.columns));
      }
      return gathered;
    },
    end: ({ sketches }) => [...sketches],
  };
}

/** The name of the column of each field, as it was found in the first row that has it: a row may be short. */
type Columns = Map<string, string>;

/** SendGrid writes the names of its own columns in upper case in CSV, and in lower case elsewhere. */
function columnOf(row: Row, field: string, columns: Columns): unknown {
  let column = columns.get(field);
  if (column === undefined) {
    const wanted = field.toLowerCase();
    column = Object.keys(row).find((name) => name.toLowerCase() === wanted);
    if (column === undefined) {
      return undefined;
    }
    columns.set(field, column);
  }
  return Object.hasOwn(row, column) ? row[column] : undefined;
}

/**
 * The value of a field of one object, whatever the case of its name.
 *
 * @example valueOfField({ EMAIL: 'a@example.com' }, 'email') // 'a@example.com'
 */
export function valueOfField(row: Row, field: string): unknown {
  return columnOf(row, field, new Map());
}
