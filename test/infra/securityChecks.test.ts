import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';
import { describe, expect, it } from 'vitest';
import { addSecurityChecks } from '../../infra/securityChecks.ts';
import { testStack } from './testStack.ts';

/** Synthesizes the stack, with something added to it, under the checks. */
function synthesizeChecked(add: (stack: Stack) => void): void {
  const { app, stack } = testStack();
  add(stack);
  addSecurityChecks(app);
  app.synth();
}

describe('the security checks', () => {
  it('pass the stack as it is', () => {
    expect(() => synthesizeChecked(() => {})).not.toThrow();
  });

  it('stop the synthesis for a queue that accepts requests without TLS', () => {
    expect(() => synthesizeChecked((stack) => new Queue(stack, 'Open'))).toThrow('AwsSolutions-SQS4');
  });

  it('stop it for a wildcard in a role, although the wildcard for traces is acknowledged', () => {
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

  it('stop it for a warning of the Serverless pack too', () => {
    const untrace = (stack: Stack): void => {
      const functions = stack.node.findAll().filter((construct) => construct instanceof CfnFunction);
      for (const construct of functions) {
        construct.tracingConfig = undefined;
      }
    };
    expect(() => synthesizeChecked(untrace)).toThrow('Serverless-LambdaTracing');
  });
});
