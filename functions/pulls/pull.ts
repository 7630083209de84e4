import type { OperationRequest } from '../access/operation.ts';
import type { OperationName } from '../access/operations.ts';
import type { EventFields, SegmentEvent } from '../sources/segment/event.ts';
import type { SourceName } from '../sources/source.ts';

/** One row of a file: by column for CSV, the object itself for NDJSON. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * What is made of the rows of a file while they stream, so that a file of any size is read in bounded memory.
 *
 * @typeParam Gathered what is kept between two rows; `row` may change it in place
 */
export interface Fold<Gathered = unknown> {
  start(): Gathered;
  row(gathered: Gathered, row: Row): Gathered;
  /** The answer of the call: JSON of at most 100 KB. */
  end(gathered: Gathered): unknown;
}

/** Where rows are read from. Gzip is recognized by its first bytes. */
export interface RowsFile {
  /**
   * An `https:` URL, which is read without any key; `s3://bucket/key`; or a path on this machine, for the local system. A file
   * in several parts is a list of them.
   */
  readonly from: string | readonly string[];
  readonly format: 'csv' | 'ndjson';
  /** Where an earlier reading stopped: the `place` of its answer. @default the beginning */
  readonly after?: RowsPlace | undefined;
  /** The most rows to read. @default all */
  readonly take?: number;
}

/** A place between two rows of a file, as JSON. Only the reader of files looks into it. */
export interface RowsPlace {
  /** The index of the part, of a file in several parts. */
  readonly part: number;
  /** The bytes of the part before this place; of gzip, those that it unpacks to. */
  readonly byte: number;
  readonly isGzip: boolean;
  /** Which contents the part had, such as an ETag; absent where it is not known. */
  readonly version?: string | undefined;
  /** The names of CSV's columns, from its first row. */
  readonly columns?: readonly string[] | undefined;
}

/** A call of a system. */
export interface OperationCall {
  readonly operation: OperationName;
  readonly request: OperationRequest;
}

/** The reading of a file. */
export interface RowsCall {
  readonly rows: RowsFile;
  readonly fold: Fold;
}

export type PullCall = OperationCall | RowsCall;

/** What a call came to. */
export interface PullAnswer {
  /** Whether there is such a thing: `false` when the system answered 404, or a file is gone or its URL has expired. */
  readonly found: boolean;
  /** The JSON of the answer, or what the fold made of the rows; `undefined` when it is not found. */
  readonly value: unknown;
  /** Where the file has more rows than the call took; absent when there are none. */
  readonly place?: RowsPlace | undefined;
}

/** What counts as a change of an item. An item that has not changed since its last event starts nothing. */
export interface Compared {
  /** A JSON value: any difference is a change. */
  readonly exactly: unknown;
  /** Numbers that may differ a little, by name. @default none */
  readonly roughly?: Readonly<Record<string, number>>;
  /** By more than which share of its last value a number has changed, such as 0.1. @default 0 */
  readonly share?: number;
}

/** What a pull found: it becomes one event. */
export interface PulledItem<Properties = EventFields> {
  /** Tells it from the pull's other items, at each time that it is pulled, such as the id of an audience. */
  readonly item: string;
  /** Name of the event, such as `Audience Pulled`. */
  readonly event: string;
  readonly properties: Properties;
  readonly userId?: string | undefined;
  /** ISO 8601. @default when the pull started */
  readonly timestamp?: string | undefined;
  /** @default each difference of the properties is a change */
  readonly compared?: Compared;
  /** @default derived from trigger, item and occurrence */
  readonly messageId?: string;
}

/** What a step asks for: the calls are made at once, and the step is taken again with their answers. */
export interface Asking<State> {
  /** One to 100. They may be made at the same time. */
  readonly calls: readonly PullCall[];
  /** The state that the step is taken again with. @default the same */
  readonly next?: State;
  readonly events?: never;
  readonly waitMs?: never;
}

/** What came of a step: it is stored before the next step is taken. */
export interface Told<State, Properties = EventFields> {
  readonly calls?: never;
  /** @default none */
  readonly events?: readonly PulledItem<Properties>[];
  /** JSON of at most 100 KB that the next step is given; absent when the pull has ended. */
  readonly next?: State | undefined;
  /** How long the next step waits. @default 0 */
  readonly waitMs?: number;
}

export type Step<State, Properties = EventFields> = Asking<State> | Told<State, Properties>;

/** What a step knows beside its state. It is the same however often a step is taken. */
export interface StepContext {
  /** When this occurrence of the pull started, in epoch milliseconds. */
  readonly startedAtMs: number;
}

/**
 * A job that reads a system page by page and turns what it finds into events: data, and a pure function.
 *
 * @typeParam Properties of its events
 */
export interface Pull<Properties = EventFields> {
  /** What it pulls, for people, such as `segmentAudiences`. */
  readonly kind: string;
  /** The system that its events come from. */
  readonly source: SourceName;
  /** The operations that its calls may name. */
  readonly operations: readonly OperationName[];
  /** Files that it reads, as their calls name them: their rights are given when the stack is deployed. @default none */
  readonly files?: readonly string[];
  /** Spaces of Segment whose profiles it reads: the secret has an access token for each. @default none */
  readonly spaces?: readonly string[];
  /** The state of the first step. */
  readonly start: unknown;
  /** Takes one step: first without answers, then with those of the calls that it asked for. A pure function. */
  step(state: unknown, answers: readonly PullAnswer[], context: StepContext): Step<unknown, Properties>;
  /**
   * The problems of a trigger that pulls with it; each begins with the field. The pull brings its check along: functions
   * whose triggers pull nothing do not carry it.
   */
  problemsOf(trigger: Readonly<Record<string, unknown>>): string[];
}

/** An event of a pull, as request builders see it. */
export type PulledEvent<Properties> = Omit<SegmentEvent, 'properties'> & {
  readonly properties: Properties;
};
