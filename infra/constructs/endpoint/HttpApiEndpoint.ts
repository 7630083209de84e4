import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  DomainName,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alias, IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Endpoint } from './endpoint.ts';

/** Options of {@link HttpApiEndpoint}. */
export interface HttpApiEndpointProps {
  readonly receiver: Alias;
  /** Requests a second. Others are answered 429, and Segment tries again. */
  readonly rateLimit: number;
  readonly burstLimit: number;
  readonly logRetentionDays: number;
  readonly removalPolicy: RemovalPolicy;
  /** @default the host name that API Gateway chooses */
  readonly domain?: { readonly name: string; readonly certificate: ICertificate };
}

/** The fields of the access log. They hold Segment's IP address, and nothing of the events. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    ip: '$context.identity.sourceIp',
    method: '$context.httpMethod',
    path: '$context.path',
    status: '$context.status',
    responseBytes: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    integrationLatencyMs: '$context.integrationLatency',
    error: '$context.error.message',
    integrationError: '$context.integrationErrorMessage',
  }),
);

/** An HTTP API with throttling, an access log, and a domain if one is given. It never redirects. */
export class HttpApiEndpoint extends Construct implements Endpoint {
  readonly segmentUrl: string;
  readonly api: HttpApi;
  readonly stage: HttpStage;
  /** Where the DNS record of the domain must point to; `undefined` without a domain. */
  readonly domainTarget: string | undefined;

  constructor(scope: Construct, id: string, props: HttpApiEndpointProps) {
    super(scope, id);
    const { receiver, rateLimit, burstLimit, logRetentionDays: retention, removalPolicy, domain } = props;
    this.api = new HttpApi(this, 'Api', {
      description: 'Where Segment posts events to.',
      createDefaultStage: false,
      // With a second host name, requests could bypass the domain.
      disableExecuteApiEndpoint: domain !== undefined,
      // The receiver checks path and method, and answers what is wrong.
      defaultIntegration: new HttpLambdaIntegration('Receiver', receiver as IFunction),
    });
    const domainName =
      domain === undefined
        ? undefined
        : new DomainName(this, 'Domain', {
            domainName: domain.name,
            certificate: domain.certificate,
            securityPolicy: SecurityPolicy.TLS_1_2,
          });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: { rateLimit, burstLimit },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLog', { retention, removalPolicy }),
        ),
        format: accessLogFormat,
      },
      ...(domainName === undefined ? {} : { domainMapping: { domainName } }),
    });
    this.domainTarget = domainName?.regionalDomainName;
    this.segmentUrl =
      domain === undefined ? `${this.api.apiEndpoint}/segment` : `https://${domain.name}/segment`;
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        "Segment cannot sign requests with AWS credentials, and an authorizer does not see the body. The function verifies Segment's signature before it does anything else.",
    });
  }

  latency(statistic: string): Metric {
    return this.api.metricLatency({ statistic, period: Duration.minutes(5) });
  }
}
