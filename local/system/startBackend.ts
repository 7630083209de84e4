/// <reference lib="esnext.disposable" />
import { type AwsClients, createAwsClients } from '../aws/clients.ts';
import { type Endpoints, endpointsOfEnvironment } from '../aws/endpoints.ts';
import { type AwsServers, startAwsServers } from '../aws/servers.ts';
import { type Gateway, startGateway } from '../iam/gateway.ts';
import type { LocalSystemOptions } from './systemOptions.ts';

/** What stands in for AWS: the servers, their clients, and the gateway that the functions use. */
export interface Backend {
  readonly endpoints: Endpoints;
  readonly logs: AwsServers['logs'];
  readonly clients: AwsClients;
  readonly gateway: Gateway;
  /** The gateway's own endpoint, where `gateway.endpoint` is that of a proxy in front of it. */
  readonly gatewayEndpoint: string;
  /** Whether some servers outlive the system, so that its resources on them must be removed. */
  readonly outlivesSystem: boolean;
  /** The ARNs of the secrets; the functions may also use their names. */
  readonly secretArns: Set<string>;
  /** Settles when the embedded servers have ended, through `stop` or not. */
  readonly ended: Promise<void>;
}

/** The `-` and six characters that end the ARN of a secret after its name. */
const arnSuffixLength = 7;

/**
 * Starts the backend.
 *
 * @throws {LocalSystemError} when a server cannot be started, or an `AWS_ENDPOINT_URL_*` variable is wrong.
 */
export async function startBackend(
  options: LocalSystemOptions,
  started: AsyncDisposableStack,
): Promise<Backend> {
  const given = options.endpoints ?? endpointsOfEnvironment(process.env);
  const servers = await startAwsServers(given, process.env.PATH ?? '');
  started.defer(() => servers.stop());
  const clients = createAwsClients(servers.endpoints);
  started.defer(() => clients.destroy());
  const secretArns = new Set<string>();
  const gateway = await startGateway({
    endpoints: servers.endpoints,
    secretArn: (secretId) => findSecretArn(secretArns, secretId),
  });
  started.defer(() => gateway.stop());
  const endpoint = (await options.interpose?.(gateway.endpoint)) ?? gateway.endpoint;
  return {
    endpoints: servers.endpoints,
    logs: servers.logs,
    clients,
    gateway: { ...gateway, endpoint },
    gatewayEndpoint: gateway.endpoint,
    outlivesSystem: Object.keys(given).length > 0,
    secretArns,
    ended: servers.ended,
  };
}

function findSecretArn(arns: ReadonlySet<string>, secretId: string): string {
  const byName = (arn: string): boolean => arn.slice(0, -arnSuffixLength).endsWith(`:secret:${secretId}`);
  return [...arns].find(byName) ?? secretId;
}
