import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type Alias, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { metricsNamespace } from '../commonEnvironment.ts';
import type { Endpoint } from './endpoint.ts';

/** A Function URL: free of charge, without a throttle of its own, with a host name that Lambda chooses. */
export class FunctionUrlEndpoint extends Construct implements Endpoint {
  readonly segmentUrl: string;
  readonly #serviceName: string;

  constructor(scope: Construct, id: string, receiver: Alias, serviceName: string) {
    super(scope, id);
    this.#serviceName = serviceName;
    const url = receiver.addFunctionUrl({
      // Public, because Segment cannot sign requests with AWS credentials. The function verifies Segment's signature
      // before it does anything else.
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.BUFFERED,
    });
    this.segmentUrl = `${url.url}segment`;
  }

  /** Measured by the receiver: AWS documents only average and maximum of the URL's latency, not percentiles. */
  latency(statistic: string): Metric {
    return new Metric({
      namespace: metricsNamespace,
      metricName: 'ReceiverDuration',
      dimensionsMap: { service: this.#serviceName },
      statistic,
    });
  }
}
