import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';

/**
 * Has every synthesis of the app checked against cdk-nag's AwsSolutions and Serverless packs. Any finding that no
 * construct acknowledges with a reason, warnings too, makes it fail.
 */
export function addSecurityChecks(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
