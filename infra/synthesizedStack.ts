import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A stack as `cdk synth` writes it. */
export interface SynthesizedStack {
  readonly stackName: string;
  /** The CloudFormation template, JSON. */
  readonly templatePath: string;
  /** The directory with the code of each Lambda function, by the function's logical id. */
  readonly codeDirectories: Readonly<Record<string, string>>;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.optional(z.object({ templateFile: z.optional(z.string()) })),
    }),
  ),
});

const assetsSchema = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }) })),
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.optional(z.object({ Code: z.optional(z.object({ S3Key: z.optional(z.string()) })) })),
    }),
  ),
});

/**
 * Reads a cloud assembly (`cdk.out`) with one stack.
 *
 * @param outdir the directory of the cloud assembly
 * @throws Error if it has no stack
 */
export function readSynthesizedStack(outdir: string): SynthesizedStack {
  const { artifacts } = manifestSchema.parse(readJson(join(outdir, 'manifest.json')));
  for (const [stackName, { type, properties }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined) {
      const templatePath = join(outdir, properties.templateFile);
      return { stackName, templatePath, codeDirectories: codeDirectories(outdir, stackName, templatePath) };
    }
  }
  throw new Error(`${outdir} does not contain a synthesized stack: run npm run synth`);
}

/** The template names the zip file that will be uploaded; the asset manifest names the directory it is made from. */
function codeDirectories(outdir: string, stackName: string, templatePath: string): Record<string, string> {
  const { files } = assetsSchema.parse(readJson(join(outdir, `${stackName}.assets.json`)));
  const { Resources: resources } = templateSchema.parse(readJson(templatePath));
  const directories: Record<string, string> = {};
  for (const [logicalId, { Type: type, Properties: properties }] of Object.entries(resources)) {
    const asset = files[properties?.Code?.S3Key?.replace(/\.zip$/, '') ?? ''];
    if (type === 'AWS::Lambda::Function' && asset !== undefined) {
      directories[logicalId] = join(outdir, asset.source.path);
    }
  }
  return directories;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
