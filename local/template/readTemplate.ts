import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { readSynthesizedStack } from '../../infra/synthesizedStack.ts';
import { checkResourceTypes } from './resourceTypes.ts';
import type { Template } from './template.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/**
 * Reads the synthesized stack from a directory.
 *
 * @throws {LocalSystemError} for a resource of a type that the local system does not know.
 */
export async function readTemplate(directory: string): Promise<Template> {
  const { stackName, templatePath, codeDirectories } = readSynthesizedStack(directory);
  const { Resources } = templateSchema.parse(JSON.parse(await readFile(templatePath, 'utf8')));
  const resources = Object.entries(Resources).map(([logicalId, { Type, Properties }]) => ({
    logicalId,
    type: Type,
    properties: Properties,
  }));
  checkResourceTypes(resources);
  return { stackName, resources, codeDirectories };
}
