/// <reference lib="esnext.disposable" />
import { randomBytes } from 'node:crypto';
import { createResources } from '../aws/createResources.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { type Stack, StackBuilder } from '../template/stackBuilder.ts';
import type { Template } from '../template/template.ts';
import type { Backend } from './startBackend.ts';

/** A stack whose resources exist. */
export interface CreatedStack {
  readonly stack: Stack;
  /** The queues' URLs at the gateway, as the functions use them, by ARN. */
  readonly queueUrls: ReadonlyMap<string, string>;
}

/**
 * Creates the template's resources on the servers, and resolves the rest of the stack with their names.
 *
 * @param functionUrl the URL of the HTTP front.
 * @param onError called with an error while the resources are removed.
 */
export async function createStack(
  template: Template,
  backend: Backend,
  functionUrl: string,
  started: AsyncDisposableStack,
  onError: (error: unknown) => void,
): Promise<CreatedStack> {
  const nameSuffix = randomBytes(3).toString('hex').toUpperCase();
  const builder = new StackBuilder(template, nameSuffix, functionUrl);
  const queueUrls = new Map<string, string>();
  await createResources({
    template,
    clients: backend.clients,
    publicEndpoint: backend.gateway.endpoint,
    nameSuffix,
    properties: (logicalId) => builder.properties(logicalId),
    created: (logicalId, type, resource) => {
      builder.add(logicalId, resource);
      if (type === 'AWS::SQS::Queue') {
        queueUrls.set(resource.attributes.Arn ?? '', resource.ref);
      } else if (type === 'AWS::SecretsManager::Secret') {
        backend.secretArns.add(resource.ref);
      }
      if (backend.outlivesSystem) {
        started.defer(() => resource.remove().catch(onError));
      }
    },
  }).catch((error: unknown) => {
    throw backend.outlivesSystem ? notAsAws(error) : error;
  });
  return { stack: builder.stack(), queueUrls };
}

/** The error for a server of the environment that is missing or is not an AWS service. */
function notAsAws(error: unknown): Error {
  if (error instanceof LocalSystemError) {
    return error;
  }
  const [said] = (error instanceof Error ? error.message || error.name : String(error)).split('\n');
  return new LocalSystemError(
    `a server of the AWS_ENDPOINT_URL_* variables does not answer as AWS does (${said}): correct the variable, or unset it`,
    { cause: error },
  );
}
