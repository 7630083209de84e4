import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { type SynthesizeOptions, synthesize } from '../infra/synthesize.ts';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});
const functionSchema = z.looseObject({
  Properties: z.looseObject({
    Timeout: z.number(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

/** What may be changed of a function. */
export interface FunctionProperties {
  readonly timeoutSeconds: number;
  /** Its environment variables, as the template has them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Synthesizes the stack, and changes its functions in the template.
 *
 * @throws ZodError for a template whose functions are not those of this stack
 */
export async function synthesizeWith(
  change: (properties: FunctionProperties) => FunctionProperties,
  options: SynthesizeOptions,
): Promise<void> {
  const { templatePath } = await synthesize(options);
  const template = templateSchema.parse(JSON.parse(await readFile(templatePath, 'utf8')));
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => [
    logicalId,
    resource.Type === 'AWS::Lambda::Function' ? changed(resource, change) : resource,
  ]);
  await writeFile(templatePath, JSON.stringify({ ...template, Resources: Object.fromEntries(resources) }));
}

function changed(resource: unknown, change: (properties: FunctionProperties) => FunctionProperties): unknown {
  const fn = functionSchema.parse(resource);
  const { Timeout, Environment } = fn.Properties;
  const { timeoutSeconds, variables } = change({ timeoutSeconds: Timeout, variables: Environment.Variables });
  return {
    ...fn,
    Properties: { ...fn.Properties, Timeout: timeoutSeconds, Environment: { Variables: variables } },
  };
}
