import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** What Segment posts to. */
export interface Endpoint {
  /** Where Segment posts to: `https://…/segment`, or with a route `https://…/segment/<route>`. */
  readonly segmentUrl: string;
  /**
   * The metric of how long Segment waits for an answer, in milliseconds.
   *
   * @param statistic such as `p99`
   */
  latency(statistic: string): Metric;
}
