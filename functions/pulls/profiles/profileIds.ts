import { checkId, checkOption } from '../checkOption.ts';
import type { Fold } from '../pull.ts';

/** A sample of an audience's members. */
export interface AudiencePreview {
  readonly kind: 'audiencePreview';
  readonly audience: string;
  readonly idType?: string | undefined;
}

/** Ids in a file. */
export interface IdsFrom {
  readonly kind: 'idsFrom';
  readonly file: string;
  readonly column?: string | undefined;
  readonly idType: string;
}

/**
 * A sample of the members of an audience, as Segment's preview gives it: 5 previews a minute and 700 a month for each space.
 * A preview has no traits and names profiles by Segment's own ids, which the Profile API is asked with.
 *
 * @param options.idType the type that the id is asked with, if your space does not take an id alone, such as `segment_id`
 */
export function audiencePreview(
  audience: string,
  options: { readonly idType?: string } = {},
): AudiencePreview {
  checkId('audiencePreview', audience, 'aud_1');
  return { kind: 'audiencePreview', audience, ...options };
}

/**
 * The ids of a CSV or NDJSON file, which is read as a stream: `s3://bucket/ids.csv`, or `./ids.csv` beside the triggers file,
 * which is deployed with it. Such files come from a warehouse, for example. NDJSON ends in `.ndjson` or `.jsonl`, and may be gzipped as CSV may.
 *
 * @param options.column the column with the ids. @default the first one
 * @param options.idType the type of the ids. @default 'user_id'
 */
export function idsFrom(
  file: string,
  { column, idType = 'user_id' }: { readonly column?: string; readonly idType?: string } = {},
): IdsFrom {
  checkOption('idsFrom', typeof file === 'string' && file !== '', 'a file such as s3://bucket/ids.csv', file);
  return { kind: 'idsFrom', file, column, idType };
}

/**
 * The ids of rows, in their column or the first one. A row without an id stays, so that no place moves.
 *
 * @param needsColumn whether it throws if none of the rows has the column: its name may be misspelt
 */
export function idsFold(column: string | undefined, needsColumn = false): Fold<string[]> {
  let isMissing = false;
  return {
    start: () => {
      isMissing = needsColumn && column !== undefined;
      return [];
    },
    row: (ids, row) => {
      isMissing &&= column !== undefined && !Object.hasOwn(row, column);
      const value = column === undefined ? Object.values(row)[0] : row[column];
      ids.push(typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '');
      return ids;
    },
    end: (ids) => {
      if (isMissing && ids.length > 0) {
        throw new Error(`there is no column "${column}"`);
      }
      return ids;
    },
  };
}

/** Segment matches the ids of the Profile API in lower case only, but for its own. */
export function profileOf(id: string, { kind, idType }: AudiencePreview | IdsFrom): string {
  const own = kind === 'idsFrom' ? id.toLowerCase() : id;
  return idType === undefined ? own : `${idType}:${own}`;
}
