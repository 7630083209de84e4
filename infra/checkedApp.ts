/** The CDK app of this repository: what `cdk synth` and `cdk deploy` run. cdk-nag checks each synthesis. */
import { addSecurityChecks } from './securityChecks.ts';
import { synthesizeApp } from './synthesizeApp.ts';

synthesizeApp(addSecurityChecks);
