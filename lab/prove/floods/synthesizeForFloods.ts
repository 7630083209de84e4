import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { type SynthesizeOptions, synthesize } from '../../../infra/synthesize.ts';

const probe = import.meta.resolve('./memoryProbe.mjs');

/** What the receiver's timeout is multiplied with. */
export const timeoutFactor = 6;

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});
const functionSchema = z.looseObject({
  Properties: z.looseObject({
    Timeout: z.number(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

/**
 * Synthesizes the stack with two differences. Its functions preload the memory probe. And the receiver has more time: the
 * machine may be busy with other work, so that its CPU is judged, not the clock (see `CpuWatch`).
 */
export async function synthesizeForFloods(options: SynthesizeOptions): Promise<void> {
  const { templatePath } = await synthesize(options);
  const template = templateSchema.parse(JSON.parse(await readFile(templatePath, 'utf8')));
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => [
    logicalId,
    resource.Type === 'AWS::Lambda::Function' ? changed(resource) : resource,
  ]);
  await writeFile(templatePath, JSON.stringify({ ...template, Resources: Object.fromEntries(resources) }));
}

function changed(resource: unknown): unknown {
  const fn = functionSchema.parse(resource);
  const { Timeout, Environment } = fn.Properties;
  const { Variables } = Environment;
  const before = Variables.NODE_OPTIONS === undefined ? '' : `${Variables.NODE_OPTIONS} `;
  const NODE_OPTIONS = `${before}--import=${probe}`;
  return {
    ...fn,
    Properties: {
      ...fn.Properties,
      Timeout: Variables.SEGMENT_SECRET_ARN === undefined ? Timeout : Timeout * timeoutFactor,
      Environment: { Variables: { ...Variables, NODE_OPTIONS } },
    },
  };
}
