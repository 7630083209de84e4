import { join } from 'node:path';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { addSecurityChecks } from '../../infra/securityChecks.ts';
import { type TestContext, testStack } from './testStack.ts';

/** Synthesizes the stack with the checks, after something was added to it. */
function synthesizeChecked(add: (stack: Stack) => void, context: TestContext = {}): void {
  const { app, stack } = testStack(context);
  add(stack);
  addSecurityChecks(app);
  app.synth();
}

describe('the security checks', () => {
  it('accept the stack as it is', () => {
    expect(() => synthesizeChecked(() => {})).not.toThrow();
  });

  it('accept the stack of triggers that pull', () => {
    const triggersFile = join(import.meta.dirname, 'triggers/pulling.ts');
    expect(() => synthesizeChecked(() => {}, { triggersFile })).not.toThrow();
  });

  it('refuse a queue that accepts requests without TLS', () => {
    expect(() => synthesizeChecked((stack) => new Queue(stack, 'Open'))).toThrow('AwsSolutions-SQS4');
  });

  it('refuse a wildcard in a role, although the wildcard for traces is acknowledged', () => {
    const addRole = (stack: Stack): Role =>
      new Role(stack, 'Careless', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: {
          All: new PolicyDocument({
            statements: [new PolicyStatement({ actions: ['dynamodb:PutItem'], resources: ['*'] })],
          }),
        },
      });
    expect(() => synthesizeChecked(addRole)).toThrow('AwsSolutions-IAM5[Resource::*]');
  });

  it('refuse warnings of the Serverless pack as well', () => {
    const untrace = (stack: Stack): void => {
      const functions = stack.node.findAll().filter((construct) => construct instanceof CfnFunction);
      for (const construct of functions) {
        construct.tracingConfig = undefined;
      }
    };
    expect(() => synthesizeChecked(untrace)).toThrow('Serverless-LambdaTracing');
  });
});
