import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { type SynthesizeOptions, synthesize } from '../../../infra/synthesize.ts';

const probe = import.meta.resolve('./memoryProbe.mjs');

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});
const functionSchema = z.looseObject({
  Properties: z.looseObject({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) }),
});

/** Synthesizes the stack as ever, save that its functions preload the memory probe. */
export async function synthesizeWithProbe(options: SynthesizeOptions): Promise<void> {
  const { templatePath } = await synthesize(options);
  const template = templateSchema.parse(JSON.parse(await readFile(templatePath, 'utf8')));
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => [
    logicalId,
    resource.Type === 'AWS::Lambda::Function' ? withProbe(resource) : resource,
  ]);
  await writeFile(templatePath, JSON.stringify({ ...template, Resources: Object.fromEntries(resources) }));
}

function withProbe(resource: unknown): unknown {
  const fn = functionSchema.parse(resource);
  const { Variables } = fn.Properties.Environment;
  const before = Variables.NODE_OPTIONS === undefined ? '' : `${Variables.NODE_OPTIONS} `;
  const NODE_OPTIONS = `${before}--import=${probe}`;
  return {
    ...fn,
    Properties: { ...fn.Properties, Environment: { Variables: { ...Variables, NODE_OPTIONS } } },
  };
}
