import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/**
 * Checks every synthesis of the app with cdk-nag's packs AwsSolutions and Serverless. The synthesis fails on any finding,
 * warnings too, unless a construct acknowledges it with a reason.
 */
export function addSecurityChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
