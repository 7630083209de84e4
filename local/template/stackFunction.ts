import * as z from 'zod';
import { functionArn } from '../account/arns.ts';
import type { PolicyStatement } from '../iam/policy.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from './parseProperties.ts';

/** A function of the stack, resolved. */
export interface StackFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Such as `index.handler`. */
  readonly handler: string;
  /** The directory of the bundle. */
  readonly directory: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroupName: string;
  readonly reservedConcurrency?: number;
  readonly roleName: string;
  readonly statements: readonly PolicyStatement[];
}

/** Defaults of CloudFormation. */
const defaultTimeoutSeconds = 3;
const defaultMemoryMb = 128;

const functionSchema = z.object({
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
  Handler: z.string(),
  Layers: z.undefined({ error: 'layers are not supported' }).optional(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional(),
  MemorySize: z.number().int().default(defaultMemoryMb),
  ReservedConcurrentExecutions: z.number().int().optional(),
  Role: z.string(),
  Runtime: z.string().startsWith('nodejs'),
  Timeout: z.number().int().default(defaultTimeoutSeconds),
  VpcConfig: z.undefined({ error: 'networks are not supported' }).optional(),
});

/** What is known about a function besides its properties. */
export interface FunctionSurroundings {
  readonly logicalId: string;
  readonly name: string;
  /** The directory of its code; `undefined` when it is not among the synthesized assets. */
  readonly directory: string | undefined;
  readonly statementsByRole: ReadonlyMap<string, readonly PolicyStatement[]>;
}

/**
 * Reads a function from its resolved properties.
 *
 * @throws {LocalSystemError} when its code is not among the synthesized assets.
 */
export function stackFunction(properties: unknown, surroundings: FunctionSurroundings): StackFunction {
  const { logicalId, name, directory, statementsByRole } = surroundings;
  const parsed = parseProperties(functionSchema, logicalId, properties);
  if (directory === undefined) {
    throw new LocalSystemError(`${logicalId}: its code is not among the synthesized assets`);
  }
  const roleName = parsed.Role.slice(parsed.Role.lastIndexOf('/') + 1);
  const reserved = parsed.ReservedConcurrentExecutions;
  return {
    logicalId,
    name,
    arn: functionArn(name),
    handler: parsed.Handler,
    directory,
    timeoutSeconds: parsed.Timeout,
    memoryMb: parsed.MemorySize,
    environment: parsed.Environment?.Variables ?? {},
    logGroupName: parsed.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
    roleName,
    statements: statementsByRole.get(roleName) ?? [],
  };
}
