import { checkChangedBy, checkOption } from '../checkOption.ts';
import type { GroupBy } from '../groups/groupPeople.ts';

/** Which contacts. */
type Contacts =
  | { readonly segmentIds: readonly string[]; readonly listIds?: never; readonly all?: never }
  | { readonly listIds: readonly string[]; readonly segmentIds?: never; readonly all?: never }
  | { readonly all: true; readonly segmentIds?: never; readonly listIds?: never };

export type SendgridContactsOptions = Contacts & {
  /** The field whose values are the groups, such as `country`, or {@link clusterBy}. Someone without a value is in no group. */
  readonly groupBy: GroupBy;
  /** Fields that are summed up in each group, such as `plan`; custom fields by their names. The case does not matter. */
  readonly fields: readonly string[];
  /** By which share a group's size or a median has to change before the group counts as changed. @default 0.1 */
  readonly changedBy?: number;
};

/**
 * Stops a triggers file whose options cannot be used.
 *
 * @throws RangeError
 */
export function checkContactsOptions(options: SendgridContactsOptions): void {
  const { segmentIds, listIds, all, groupBy, fields, changedBy } = options;
  const chosen = [segmentIds, listIds, all].filter((one) => one !== undefined);
  const isIds = [segmentIds, listIds].every(
    (ids) => ids === undefined || (Array.isArray(ids) && ids.length > 0 && ids.length <= 50),
  );
  checkOption('sendgridContacts', chosen.length === 1 && isIds, 'segmentIds, listIds or all: true', chosen);
  const ids = segmentIds ?? listIds ?? [];
  checkOption('sendgridContacts', new Set(ids).size === ids.length, 'each id once', ids);
  const isGroupBy = typeof groupBy === 'string' ? groupBy !== '' : typeof groupBy?.clusterOf === 'function';
  checkOption('sendgridContacts: groupBy', isGroupBy, 'a field, or clusterBy(…)', groupBy);
  const isFields = Array.isArray(fields) && fields.length <= 10;
  checkOption('sendgridContacts: fields', isFields, 'a list of up to 10 fields', fields);
  checkChangedBy('sendgridContacts', changedBy);
}
