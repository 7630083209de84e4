import { formatTable } from '../../cli/formatTable.ts';
import type { PermissionReport } from '../../local/iam/permissionReport.ts';

const columns = [
  { heading: 'function' },
  { heading: 'action' },
  { heading: 'resource' },
  { heading: 'what is wrong' },
];

/** The differences between roles and calls, for people: one line for each function, action and resource. */
export function permissionTable({ refused, unused, needless }: PermissionReport): string {
  const rows = [
    ...refused.map(({ functionName, action, resource, count }) => [
      functionName,
      action,
      resource,
      `refused ${count} times: the role does not permit it`,
    ]),
    ...unused.map(({ functionName, action, resource }) => [
      functionName,
      action,
      resource,
      'never used: remove it from the role, or add its use to the test',
    ]),
    ...needless.map(({ functionName, action, because }) => [
      functionName,
      action,
      '',
      `an exception that is needless: the permission is ${because}`,
    ]),
  ];
  return rows.length === 0 ? '' : formatTable(columns, rows);
}
