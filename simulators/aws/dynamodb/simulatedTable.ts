import type {
  BatchExecuteStatementCommandInput,
  BatchExecuteStatementCommandOutput,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchStatementRequest,
  DeleteItemCommandInput,
  GetItemCommandInput,
  PutItemCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { LedgerItem } from '../../../functions/ledger/ledgerTable.ts';
import { itemBytes } from './itemBytes.ts';
import { type Answered, changed, type Refused, refusal, toWrite, unitsOf, updated } from './itemWrite.ts';
import { type IndexDefinition, SimulatedIndex } from './simulatedIndex.ts';
import { readStatement } from './statement.ts';
import { addUnits, type LedgerUnits, noUnits, readUnits } from './units.ts';

/** Items that are made when they are first read: a million of them would fill the memory. */
export interface ImportedItems {
  item(pk: string): LedgerItem | undefined;
}

/** What one query answers at most, as DynamoDB's page of 1 MB. */
const pageBytes = 1_048_576;

/**
 * A table of DynamoDB in memory: the commands and expressions that the ledger uses, with the units that DynamoDB bills.
 *
 * A write costs a unit for each KB of the larger of the item before and after; a refused one costs as much as the item that
 * stands there; within a transaction it costs twice. A change of what an index has costs as much again, for the entry.
 * Source: Amazon DynamoDB developer guide, "Read and write operations", "Using global secondary indexes".
 */
export class SimulatedTable {
  readonly #items = new Map<string, LedgerItem | undefined>();
  readonly #indexes: readonly SimulatedIndex[];
  readonly #imports: ImportedItems[] = [];
  readonly #drawLag: () => number;
  /** Items that were read so that they may be late, as they were before their last change. */
  readonly #late = new Map<string, { readonly item: LedgerItem | undefined; readonly untilMs: number }>();

  /** @param drawLag how far the indexes are behind, and reads that are not consistent */
  constructor(indexes: readonly IndexDefinition[], drawLag: () => number) {
    this.#drawLag = drawLag;
    this.#indexes = indexes.map((definition) => new SimulatedIndex(definition, drawLag));
  }

  /** Has items that were written before the simulation. @param indexed those that are in an index */
  import(items: ImportedItems, indexed: readonly LedgerItem[]): void {
    this.#imports.push(items);
    for (const index of this.#indexes) {
      index.import(indexed);
    }
  }

  item(pk: string): LedgerItem | undefined {
    if (this.#items.has(pk)) {
      return this.#items.get(pk);
    }
    for (const source of this.#imports) {
      const item = source.item(pk);
      if (item !== undefined) {
        return item;
      }
    }
    return undefined;
  }

  /** All items that were written since the start. */
  *written(): Generator<LedgerItem> {
    for (const item of this.#items.values()) {
      if (item !== undefined) {
        yield item;
      }
    }
  }

  get(input: GetItemCommandInput): Answered<{ readonly Item: LedgerItem | undefined }> {
    const Item = this.item(input.Key?.pk?.S ?? '');
    const bytes = Item === undefined ? 0 : itemBytes(Item);
    return {
      output: { Item },
      units: { ...noUnits, calls: 1, reads: readUnits(bytes, input.ConsistentRead === true) },
    };
  }

  batchGet(
    input: BatchGetItemCommandInput,
    nowMs: number,
  ): Answered<Omit<BatchGetItemCommandOutput, '$metadata'>> {
    const [[table, { Keys = [], ConsistentRead = false } = {}] = ['', {}]] = Object.entries(
      input.RequestItems ?? {},
    );
    const found = Keys.map(({ pk }) =>
      ConsistentRead ? this.item(pk?.S ?? '') : this.#lateItem(pk?.S ?? '', nowMs),
    );
    const reads = found.reduce(
      (sum, item) => sum + readUnits(item === undefined ? 0 : itemBytes(item), ConsistentRead),
      0,
    );
    const items = found.filter((item) => item !== undefined);
    return { output: { Responses: { [table]: items } }, units: { ...noUnits, calls: 1, reads } };
  }

  query(input: QueryCommandInput, nowMs: number): Answered<Omit<QueryCommandOutput, '$metadata'>> {
    const index = this.#indexes.find(({ definition }) => definition.indexName === input.IndexName);
    if (index === undefined || input.KeyConditionExpression !== '#key = :value') {
      throw new Error(
        `The simulated DynamoDB has no query ${input.KeyConditionExpression} of ${input.IndexName}`,
      );
    }
    const { sortKey } = index.definition;
    const from = input.ExclusiveStartKey;
    const place =
      from === undefined ? undefined : { pk: from.pk?.S ?? '', order: Number(from[sortKey]?.N ?? 0) };
    const partition = input.ExpressionAttributeValues?.[':value']?.S ?? '';
    const limit = input.Limit ?? Number.POSITIVE_INFINITY;
    const page = onePage(index.query(partition, place, Math.min(limit, pageBytes / 64), nowMs));
    const last = page.items.at(-1);
    const isWhole = page.isWhole && page.items.length < limit;
    return {
      output: {
        Items: input.Select === 'COUNT' ? undefined : [...page.items],
        Count: page.items.length,
        LastEvaluatedKey: isWhole || last === undefined ? undefined : { ...last },
      },
      units: { ...noUnits, calls: 1, reads: readUnits(page.bytes, false) },
    };
  }

  update(input: UpdateItemCommandInput, nowMs: number): Answered<object> | Refused {
    const pk = input.Key?.pk?.S ?? '';
    const before = this.item(pk);
    const refused = refusal(before, input, input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD');
    if (refused !== undefined) {
      return refused;
    }
    const after = changed(pk, before, input);
    const units = this.#write(pk, before, after, nowMs);
    const Attributes =
      input.ReturnValues === 'ALL_OLD'
        ? before
        : input.ReturnValues === 'UPDATED_NEW'
          ? updated(before, after)
          : input.ReturnValues === 'ALL_NEW'
            ? after
            : undefined;
    return { output: { Attributes }, units: { ...units, calls: 1 } };
  }

  put(input: PutItemCommandInput, nowMs: number): Answered<object> | Refused {
    const after = input.Item ?? {};
    const pk = after.pk?.S ?? '';
    const before = this.item(pk);
    const refused = refusal(before, input, input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD');
    return refused ?? { output: {}, units: { ...this.#write(pk, before, after, nowMs), calls: 1 } };
  }

  delete(input: DeleteItemCommandInput, nowMs: number): Answered<object> | Refused {
    const pk = input.Key?.pk?.S ?? '';
    const before = this.item(pk);
    const refused = refusal(before, input, input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD');
    if (refused !== undefined) {
      return refused;
    }
    const Attributes = input.ReturnValues === 'ALL_OLD' ? before : undefined;
    return { output: { Attributes }, units: { ...this.#write(pk, before, undefined, nowMs), calls: 1 } };
  }

  /**
   * Each statement succeeds or fails by itself. A DELETE of what is not there succeeds.
   * Source: Amazon DynamoDB developer guide, "PartiQL delete statements".
   */
  batchExecute(
    { Statements = [] }: BatchExecuteStatementCommandInput,
    nowMs: number,
  ): Answered<Omit<BatchExecuteStatementCommandOutput, '$metadata'>> {
    const done = Statements.map((statement) => this.#execute(statement, nowMs));
    const units = done.reduce((sum, one) => addUnits(sum, { ...one.units, calls: 0 }), noUnits);
    const Responses = done.map(({ code }) =>
      code === undefined ? {} : { Error: { Code: code, Message: 'The conditional request failed' } },
    );
    return { output: { Responses }, units: { ...units, calls: 1 } };
  }

  #execute(
    request: BatchStatementRequest,
    nowMs: number,
  ): {
    readonly units: LedgerUnits;
    readonly code?: 'DuplicateItem' | 'ConditionalCheckFailed';
  } {
    const statement = readStatement(request);
    if (statement.kind === 'insert') {
      const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
      const put = this.put({ TableName: '', Item: { ...statement.item }, ...condition }, nowMs);
      return 'error' in put ? { units: put.units, code: statement.refusedAs } : put;
    }
    const { pk, set, where } = statement;
    const key = pk.S ?? '';
    const before = this.item(key);
    const isMet = Object.entries(where).every(([name, { S }]) => before?.[name]?.S === S);
    if (before === undefined && statement.kind === 'delete') {
      return { units: { ...noUnits, writes: unitsOf(before) } };
    }
    if (before === undefined || !isMet) {
      return { units: { ...noUnits, writes: unitsOf(before) }, code: statement.refusedAs };
    }
    const after = statement.kind === 'delete' ? undefined : { ...before, ...set };
    return { units: this.#write(key, before, after, nowMs) };
  }

  /** All writes or none. */
  transact(
    { TransactItems = [] }: TransactWriteItemsCommandInput,
    nowMs: number,
  ): Answered<object> | Refused {
    const writes = TransactItems.map(toWrite);
    const refusals = writes.map(({ pk, input }) => refusal(this.item(pk), input, false));
    if (refusals.some((refused) => refused !== undefined)) {
      const CancellationReasons = refusals.map((refused) => ({
        Code: refused === undefined ? 'None' : 'ConditionalCheckFailed',
      }));
      const error = new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons,
      });
      const writeUnitsSpent = writes.reduce((sum, { pk }) => sum + 2 * unitsOf(this.item(pk)), 0);
      return { error, units: { ...noUnits, calls: 1, writes: writeUnitsSpent } };
    }
    let units = { ...noUnits, calls: 1 };
    for (const { pk, input } of writes) {
      const before = this.item(pk);
      const after = 'Item' in input ? input.Item : changed(pk, before, input);
      const { writes: own, indexWrites } = this.#write(pk, before, after, nowMs);
      units = { ...units, writes: units.writes + 2 * own, indexWrites: units.indexWrites + indexWrites };
    }
    return { output: {}, units };
  }

  #lateItem(pk: string, nowMs: number): LedgerItem | undefined {
    const late = this.#late.get(pk);
    if (late !== undefined && late.untilMs > nowMs) {
      return late.item;
    }
    const item = this.item(pk);
    this.#late.set(pk, { item, untilMs: 0 });
    return item;
  }

  #write(
    pk: string,
    before: LedgerItem | undefined,
    after: LedgerItem | undefined,
    nowMs: number,
  ): LedgerUnits {
    this.#items.set(pk, after);
    if (this.#late.has(pk)) {
      this.#late.set(pk, { item: before, untilMs: nowMs + this.#drawLag() });
    }
    const indexWrites = this.#indexes.reduce((sum, index) => sum + index.write(pk, before, after, nowMs), 0);
    return { ...noUnits, writes: Math.max(unitsOf(before), unitsOf(after)), indexWrites };
  }
}

/** Items up to the size of one page. */
function onePage(found: readonly LedgerItem[]) {
  const items: LedgerItem[] = [];
  let bytes = 0;
  for (const item of found) {
    if (bytes >= pageBytes) {
      return { items, bytes, isWhole: false };
    }
    items.push(item);
    bytes += itemBytes(item);
  }
  return { items, bytes, isWhole: true };
}
