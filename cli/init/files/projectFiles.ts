/** `app.ts`: the CDK app. */
export const appFile = `import { App } from 'aws-cdk-lib/core';
import { MaveraTriggersStack } from 'mavera-triggers/cdk';

// The settings come from "context" in cdk.json, and from \`npm run deploy -- -c maveraTier=professional\`.
MaveraTriggersStack.fromContext(new App());
`;

/** `tsconfig.json`: what Node.js runs without a build, checked strictly. */
export const tsconfigFile = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'ES2024',
      lib: ['ES2024', 'ESNext.Disposable'],
      module: 'NodeNext',
      types: ['node'],
      noEmit: true,
      strict: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      noUncheckedIndexedAccess: true,
    },
    include: ['*.ts', 'test'],
  },
  undefined,
  2,
)}\n`;

/** The lines of `.gitignore`. */
export const ignoredPaths = ['node_modules/', 'cdk.out/', '.mavera-triggers/'];

/** `cdk.json`, with the feature flags of the project's own. @param own the text of that file */
export function cdkFile(own: string): string {
  const configuration = JSON.parse(own) as { readonly context: Readonly<Record<string, unknown>> };
  const app = { app: 'node app.ts', notices: false, versionReporting: false, context: configuration.context };
  return `${JSON.stringify(app, undefined, 2)}\n`;
}
