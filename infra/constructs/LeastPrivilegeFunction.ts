import { Policy, PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allow } from './allow.ts';

/** Options of {@link LeastPrivilegeFunction}. */
export interface LeastPrivilegeFunctionProps {
  readonly description: string;
  /** Directory with the bundle, `index.mjs`. */
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly logRetentionDays: number;
  readonly removalPolicy: RemovalPolicy;
  /** What the function may do, besides writing its logs and traces. */
  readonly statements: readonly PolicyStatement[];
  readonly recursiveLoop?: RecursiveLoop;
  /** Most invocations at a time. @default no limit but the account's */
  readonly reservedConcurrency?: number | undefined;
}

/** A Lambda function with its own log group, and with a role that holds exactly what is listed. */
export class LeastPrivilegeFunction extends Construct {
  readonly function: LambdaFunction;
  /** What is invoked: the version that is released, or two of them while a release is under way. */
  readonly live: Alias;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LeastPrivilegeFunctionProps) {
    super(scope, id);
    const { removalPolicy, reservedConcurrency } = props;
    const logGroup = new LogGroup(this, 'Logs', { retention: props.logRetentionDays, removalPolicy });
    this.logGroup = logGroup;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Function: new PolicyDocument({
          statements: [
            ...props.statements,
            // This ARN ends with ":*", which stands for the streams of this log group: their names are Lambda's.
            allow('WriteLogs', logGroup.logGroupArn, ['logs:CreateLogStream', 'logs:PutLogEvents']),
          ],
        }),
      },
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(props.codeDirectory),
      environment: { ...props.environment },
      memorySize: props.memoryMb,
      timeout: props.timeout,
      // Keeps the construct library from adding permissions of its own choice.
      role: role.withoutPolicyUpdates(),
      logGroup,
      // The functions print JSON lines and metrics (EMF) themselves, which Lambda passes on as they are in this
      // format. With JSON it would wrap or filter what lacks its own level and timestamp, metrics among them.
      loggingFormat: LoggingFormat.TEXT,
      tracing: Tracing.ACTIVE,
      ...(props.recursiveLoop === undefined ? {} : { recursiveLoop: props.recursiveLoop }),
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
    });
    this.live = new Alias(this, 'Live', {
      aliasName: 'live',
      description: 'The released version.',
      // The cast is for TypeScript's exactOptionalPropertyTypes, which the construct library is not written for.
      version: this.function.currentVersion as IVersion,
    });
    this.function.node.addDependency(this.#allowTracing(role));
    Validations.of(this.function).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'This setting is for asynchronous invocations, and there are none: the Function URL and the queue both invoke synchronously.',
    });
  }

  /** In a policy of its own, so that its wildcard is acknowledged here and nowhere else. */
  #allowTracing(role: Role): Policy {
    const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
    const policy = new Policy(this, 'Tracing', {
      roles: [role],
      statements: [allow('WriteTraces', '*', actions)],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources to name for writing traces: AWS accepts nothing but * here.',
    });
    return policy;
  }
}
