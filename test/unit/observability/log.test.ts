import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeError,
  type LineMetrics,
  Log,
  type LogFields,
} from '../../../functions/observability/log.ts';
import { type MetricName, metricUnits } from '../../../functions/observability/metrics.ts';
import { anyJson, anyText } from '../jsonArbitrary.ts';

const nowMs = Date.parse('2026-01-02T03:04:05.678Z');

/** What a log writes. */
function written(act: (log: Log) => void): string {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  act(new Log({ service: 'mavera-triggers', namespace: 'MaveraTriggers', now: () => nowMs, write }));
  return text;
}

function lineOf(act: (log: Log) => void): Record<string, unknown> {
  return JSON.parse(written(act)) as Record<string, unknown>;
}

function infoLine(fields: LogFields, metrics?: LineMetrics): Record<string, unknown> {
  return lineOf((log) => log.info('request', fields, metrics));
}

describe('a line of the log', () => {
  it('is one JSON object with level, time, message, service and fields', () => {
    expect(infoLine({ route: 'eu', received: 3 })).toEqual({
      level: 'INFO',
      time: '2026-01-02T03:04:05.678Z',
      message: 'request',
      service: 'mavera-triggers',
      route: 'eu',
      received: 3,
    });
  });

  it('leaves out fields without a value', () => {
    expect(infoLine({ detail: undefined })).not.toHaveProperty('detail');
  });

  it('is one line, with any fields', () => {
    fc.assert(
      fc.property(anyText, fc.dictionary(fc.string(), anyJson, { maxKeys: 4 }), (message, fields) => {
        const text = written((log) => log.info(message, fields));
        expect(text.endsWith('\n')).toBe(true);
        expect(text.slice(0, -1)).not.toMatch(/[\r\n]/);
        expect(() => JSON.parse(text)).not.toThrow();
      }),
    );
  });

  it('has the id of its invocation', () => {
    const texts = written((log) => {
      log.begin('request-1');
      log.info('request', {});
      log.warn('the ledger failed', new Error('x'));
    }).split('\n');
    expect(texts.slice(0, 2).map((text) => JSON.parse(text).requestId)).toEqual(['request-1', 'request-1']);
  });

  it('about an unexpected failure may have fields and metrics too', () => {
    const line = lineOf((log) =>
      log.error('failed', new Error('x'), { runId: 'r-1' }, { values: { DeliveriesFailed: 1 } }),
    );
    expectEmbeddedMetrics(line);
    expect(line).toMatchObject({
      level: 'ERROR',
      runId: 'r-1',
      error: { message: 'x' },
      DeliveriesFailed: 1,
    });
  });

  it.each([
    ['warn', 'WARN'],
    ['error', 'ERROR'],
  ] as const)('of a failure is written by %s with the error described', (method, level) => {
    const line = lineOf((log) => log[method]('the ledger failed', new RangeError('out of range')));
    expect(line).toMatchObject({
      level,
      message: 'the ledger failed',
      error: { name: 'RangeError', message: 'out of range' },
    });
  });
});

/**
 * What CloudWatch demands of a line before it counts anything.
 * Source: "Specification: Embedded metric format" of the Amazon CloudWatch user guide.
 */
function expectEmbeddedMetrics(line: Record<string, unknown>): void {
  const { Timestamp, CloudWatchMetrics } = line._aws as {
    readonly Timestamp: unknown;
    readonly CloudWatchMetrics: readonly Record<string, unknown>[];
  };
  expect(Timestamp).toBe(nowMs);
  expect(Number.isInteger(Timestamp)).toBe(true);
  expect(CloudWatchMetrics.length).toBeGreaterThan(0);
  for (const { Namespace, Dimensions, Metrics, ...rest } of CloudWatchMetrics) {
    expect(rest).toEqual({});
    expect(Namespace).toMatch(/^.{1,1024}$/);
    for (const dimensionSet of Dimensions as readonly (readonly string[])[]) {
      expect(dimensionSet.length).toBeLessThanOrEqual(30);
      for (const dimension of dimensionSet) {
        expect(line[dimension]).toEqual(expect.stringMatching(/^.{1,1024}$/));
      }
    }
    const metrics = Metrics as readonly { readonly Name: string; readonly Unit: string }[];
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.length).toBeLessThanOrEqual(100);
    for (const { Name, Unit } of metrics) {
      expect(Name).toMatch(/^.{1,1024}$/);
      expect(['Count', 'Milliseconds', 'Percent']).toContain(Unit);
      expect(line[Name]).toEqual(expect.any(Number));
    }
  }
}

describe('the metrics of a line', () => {
  it('are embedded as CloudWatch specifies', () => {
    const line = infoLine({ route: 'eu' }, { values: { EventsQueued: 3, ReceiverDuration: 41.5 } });
    expectEmbeddedMetrics(line);
    expect(line).toMatchObject({ route: 'eu', EventsQueued: 3, ReceiverDuration: 41.5 });
    expect(line._aws).toEqual({
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: 'MaveraTriggers',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'EventsQueued', Unit: 'Count' },
            { Name: 'ReceiverDuration', Unit: 'Milliseconds' },
          ],
        },
      ],
    });
  });

  it('can also be counted by a field of the line', () => {
    const also = { by: 'trigger', names: ['RunsDone', 'RunsFailed'] } as const;
    const values = { RunsDone: 1, MaveraCalls: 2, RunsFailed: 0 };
    const line = infoLine({ trigger: 'plan-upgraded' }, { values, also });
    expectEmbeddedMetrics(line);
    expect(line).toMatchObject({
      _aws: {
        CloudWatchMetrics: [
          { Dimensions: [['service']], Metrics: [{ Name: 'RunsDone' }, { Name: 'MaveraCalls' }] },
          { Dimensions: [['service', 'trigger']], Metrics: [{ Name: 'RunsDone' }] },
        ],
      },
    });
    const none = infoLine({ trigger: 't' }, { values: { MaveraCalls: 2 }, also });
    expectEmbeddedMetrics(none);
    expect(none).toMatchObject({ _aws: { CloudWatchMetrics: [{ Dimensions: [['service']] }] } });
  });

  it('are emitted as 0 where they are not counts', () => {
    const values = { AccountCreditsRemaining: 0, ReceiverDuration: 0, BudgetUsed: 0 };
    const line = infoLine({}, { values });
    expectEmbeddedMetrics(line);
    expect(line).toMatchObject(values);
  });

  it('leave out counts of 0 and undefined values', () => {
    const line = infoLine({}, { values: { EventsQueued: 2, EventsInvalid: 0 } });
    expectEmbeddedMetrics(line);
    expect(line).not.toHaveProperty('EventsInvalid');
    expect(line).toMatchObject({ _aws: { CloudWatchMetrics: [{ Metrics: [{ Name: 'EventsQueued' }] }] } });
  });

  it('have no directive when all of them are 0, because CloudWatch refuses an empty one', () => {
    const line = infoLine({ route: 'eu' }, { values: { EventsQueued: 0 } });
    expect(line).not.toHaveProperty('_aws');
    expect(line).toMatchObject({ message: 'request', route: 'eu' });
    expect(infoLine({}, { values: {} })).not.toHaveProperty('_aws');
  });

  it('all have a unit', () => {
    const names = Object.keys(metricUnits) as MetricName[];
    const values = Object.fromEntries(names.map((name) => [name, 1]));
    const line = infoLine({ trigger: 't' }, { values, also: { by: 'trigger', names } });
    expectEmbeddedMetrics(line);
    expect(Object.keys(line)).toEqual(expect.arrayContaining(names));
  });
});

describe('an error in the log', () => {
  it('has its name, message and place', () => {
    const { name, message, at } = describeError(new TypeError('no such thing')) as {
      readonly name: string;
      readonly message: string;
      readonly at: readonly string[];
    };
    expect({ name, message }).toEqual({ name: 'TypeError', message: 'no such thing' });
    expect(at.length).toBeGreaterThan(0);
    expect(at.length).toBeLessThanOrEqual(5);
    expect(at[0]).toMatch(/^at .*log\.test\.ts/);
  });

  it('has the status of an AWS error, and no other member of it', () => {
    const error = Object.assign(new Error('Rate exceeded'), {
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400, requestId: 'r-1' },
      $response: { body: 'jane@example.com' },
      Item: { userId: { S: 'jane@example.com' } },
    });
    const text = JSON.stringify(describeError(error));
    expect(JSON.parse(text)).toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      httpStatusCode: 400,
    });
    expect(text).not.toContain('jane@example.com');
  });

  it.each([
    ['my-secret', ''],
    ['{"secret":my-secret}', "Unexpected token 'm'"],
    [`{"a":"${'x'.repeat(100)}","secret":my-secret,"b":"${'x'.repeat(100)}"}`, "Unexpected token 'm'"],
    ['"my-secret" "', 'Unexpected'],
  ])('does not quote what cannot be parsed as JSON (%#)', (text, beginning) => {
    const failed = (): unknown => {
      try {
        return JSON.parse(text);
      } catch (error) {
        return error;
      }
    };
    const { message } = describeError(failed()) as { message: string };
    expect(message).not.toContain('secre');
    expect(message.startsWith(beginning)).toBe(true);
  });

  it('has what caused it', () => {
    const error = new Error('outer', { cause: new RangeError('inner', { cause: 'a text' }) });
    expect(describeError(error)).toMatchObject({
      message: 'outer',
      cause: { name: 'RangeError', message: 'inner', cause: { name: 'string' } },
    });
  });

  it.each([
    ['jane@example.com', 'string'],
    [undefined, 'undefined'],
    [null, 'object'],
    [{ userId: 'jane@example.com' }, 'object'],
  ])('has only its type when it is not an error, because it may hold anything (%j)', (thrown, name) => {
    expect(describeError(thrown)).toEqual({ name });
  });

  it('is written even when it is its own cause, or has no stack', () => {
    const circular = new Error('round and round');
    circular.cause = circular;
    const bare = new Error('bare');
    delete bare.stack;
    expect(written((log) => log.error('failed', circular))).toContain('round and round');
    expect(written((log) => log.error('failed', bare))).toContain('bare');
  });
});
