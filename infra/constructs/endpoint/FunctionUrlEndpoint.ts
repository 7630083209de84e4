import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type Alias, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricsNamespace } from '../commonEnvironment.ts';
import type { Endpoint } from './endpoint.ts';

/** A Function URL: no charge, no limit of its own, and a name that Lambda makes. */
export class FunctionUrlEndpoint extends Construct implements Endpoint {
  readonly segmentUrl: string;
  readonly #serviceName: string;

  constructor(scope: Construct, id: string, receiver: Alias, serviceName: string) {
    super(scope, id);
    this.#serviceName = serviceName;
    const url = receiver.addFunctionUrl({
      // Public: Segment cannot sign as an AWS caller does. The lock is Segment's signature, which the function
      // verifies before it does anything else.
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.BUFFERED,
    });
    this.segmentUrl = `${url.url}segment`;
  }

  /** The receiver's own measure: percentiles of the URL's latency are not documented, only average and maximum. */
  latency(statistic: string): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName: 'ReceiverDuration',
      dimensionsMap: { service: this.#serviceName },
      statistic,
    });
  }
}
