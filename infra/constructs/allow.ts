import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * One statement of a role: these actions on this one resource. Roles are written by hand because `grant*` allows more than
 * the functions call (`grantWriteData` on a table: 6 actions, on the indexes too).
 *
 * @param sid the purpose of the statement, in CamelCase
 */
export function allow(sid: string, resource: string, actions: readonly string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions: [...actions], resources: [resource] });
}
