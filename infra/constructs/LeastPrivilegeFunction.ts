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
  /** The directory with the bundle, `index.mjs`. */
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly logRetentionDays: number;
  readonly removalPolicy: RemovalPolicy;
  /** What the function may do, apart from writing logs and traces. */
  readonly statements: readonly PolicyStatement[];
  readonly recursiveLoop?: RecursiveLoop;
  /** The most invocations at the same time. @default only the account's limit */
  readonly reservedConcurrency?: number | undefined;
  /** Why failed asynchronous invocations need no dead-letter queue. @default there are none */
  readonly noDeadLetters?: string;
}

/** A Lambda function with its own log group, and a role that has exactly the listed permissions. */
export class LeastPrivilegeFunction extends Construct {
  readonly function: LambdaFunction;
  /** What callers invoke: the released version, or two versions during a release. */
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
            // This ARN ends with ":*", for the streams of this log group. Lambda chooses their names.
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
      // Stops the construct library from adding permissions.
      role: role.withoutPolicyUpdates(),
      logGroup,
      // The functions print JSON lines and metrics (EMF). In this format Lambda passes them on unchanged. With JSON it
      // would wrap or drop lines that do not have its own level and timestamp fields, metrics among them.
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
        props.noDeadLetters ??
        'This setting is for asynchronous invocations only. The endpoint and the queues invoke synchronously.',
    });
  }

  /** A separate policy, so that the wildcard is acknowledged for it alone. */
  #allowTracing(role: Role): Policy {
    const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
    const policy = new Policy(this, 'Tracing', {
      roles: [role],
      statements: [allow('WriteTraces', '*', actions)],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources to write traces to: AWS accepts only * here.',
    });
    return policy;
  }
}
