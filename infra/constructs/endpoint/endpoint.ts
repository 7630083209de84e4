import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** What Segment posts to. */
export interface Endpoint {
  /** Where Segment posts to, `https://…/segment`; a route may follow as one more path segment. */
  readonly segmentUrl: string;
  /**
   * How long Segment waits for an answer, in milliseconds.
   *
   * @param statistic such as `p99`
   */
  latency(statistic: string): Metric;
}
