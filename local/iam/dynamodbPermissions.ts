import * as z from 'zod';
import { tableArn } from '../account/arns.ts';
import { partiqlTarget } from './partiqlStatement.ts';
import { type RequiredPermission, readFields } from './requiredPermission.ts';

const oneTable = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const manyTables = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const statement = z.object({ Statement: z.string() });
const statements = z.object({ Statements: z.array(statement) });
const transactStatements = z.object({ TransactStatements: z.array(statement) });
const transactItems = z.object({
  TransactItems: z.array(z.record(z.string(), z.object({ TableName: z.string() }))),
});

/** The action that each kind of element of a transaction needs. */
const transactionActions: Readonly<Record<string, string>> = {
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Delete: 'dynamodb:DeleteItem',
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
};

/**
 * The permissions that a DynamoDB call needs. Batches need their own action on each table, transactions the action
 * of each element, PartiQL that of each statement.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export function dynamodbPermissions(operation: string, body: unknown): readonly RequiredPermission[] {
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(readFields(manyTables, body)?.RequestItems ?? {}).map((table) => ({
        action: `dynamodb:${operation}`,
        resource: resourceOf(table),
      }));
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return (readFields(transactItems, body)?.TransactItems ?? []).flatMap((element) =>
        Object.entries(element).map(([kind, { TableName }]) => ({
          action: transactionActions[kind] ?? `dynamodb:${kind}`,
          resource: resourceOf(TableName),
        })),
      );
    case 'ExecuteStatement':
      return partiqlPermissions([readFields(statement, body)?.Statement ?? '']);
    case 'BatchExecuteStatement':
      return partiqlPermissions((readFields(statements, body)?.Statements ?? []).map((one) => one.Statement));
    case 'ExecuteTransaction':
      return partiqlPermissions(
        (readFields(transactStatements, body)?.TransactStatements ?? []).map((one) => one.Statement),
      );
    default: {
      const fields = readFields(oneTable, body);
      const resource = fields === undefined ? '*' : resourceOf(fields.TableName, fields.IndexName);
      return [{ action: `dynamodb:${operation}`, resource }];
    }
  }
}

function partiqlPermissions(texts: readonly string[]): readonly RequiredPermission[] {
  return [...new Set(texts)].map((text) => {
    const target = partiqlTarget(text);
    return target === undefined
      ? { action: 'dynamodb:PartiQLSelect', resource: '*' }
      : { action: `dynamodb:PartiQL${target.verb}`, resource: resourceOf(target.table, target.index) };
  });
}

function resourceOf(table: string, index?: string): string {
  const arn = table.startsWith('arn:') ? table : tableArn(table);
  return index === undefined ? arn : `${arn}/index/${index}`;
}
