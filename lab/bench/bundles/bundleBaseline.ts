import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import { type Bundle, bundleOf } from './bundle.ts';
import { benchTriggers } from './bundleReceiver.ts';

/**
 * Where the AWS SDK comes from: the two ways of `NodejsFunction`. `bundled`: `bundleAwsSDK` and `minify`, as AWS advises
 * for cold starts. `runtime`: the defaults, with Lambda's own copy and without minification.
 */
export type SdkOrigin = 'bundled' | 'runtime';

/**
 * Compiles a baseline handler as CDK's `NodejsFunction` does for `nodejs24.x`: CommonJS, with esbuild's own choice of
 * main fields.
 * Source: aws-cdk-lib/aws-lambda-nodejs, `Bundling`; aws/aws-cdk#25492: the runtime's SDK makes slower cold starts.
 */
export function bundleBaseline(entry: string, outdir: string, sdk: SdkOrigin): Bundle {
  const file = join(outdir, 'index.js');
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints: [join(projectRoot, 'lab/bench/baseline', entry)],
    outfile: file,
    alias: {
      '#triggers': benchTriggers,
      'mavera-triggers': join(projectRoot, 'functions/index.ts'),
    },
    bundle: true,
    external: sdk === 'runtime' ? ['@aws-sdk/*', '@smithy/*'] : [],
    logLevel: 'silent',
    minify: sdk === 'bundled',
    platform: 'node',
    target: 'node24',
  });
  return bundleOf(file);
}
