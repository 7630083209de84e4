import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { readBody } from '../../simulators/http/readBody.ts';
import { authorize, type Principal } from './authorize.ts';
import { type AwsService, isAwsService, requestCredential, requiredPermissions } from './awsRequest.ts';
import { CallRecord, type RecordedCalls } from './callRecord.ts';
import {
  accessDenied,
  type ErrorResponse,
  invalidParameter,
  unavailable,
  unknownCaller,
  unreadable,
} from './errorResponse.ts';
import { Forwarder } from './forwarder.ts';
import { sqsLimitExceeded } from './sqsLimits.ts';

/** What the functions see as AWS: one server in front of all services, which allows what the roles allow. */
export interface Gateway {
  /** The endpoint for the functions, such as `http://127.0.0.1:4321`. */
  readonly endpoint: string;
  /** Registers a function with its access key id; all other callers are refused. */
  admit(principal: Principal): void;
  /** Every permission that was used and every one that was missing, with counts. */
  calls(): RecordedCalls;
  stop(): Promise<void>;
}

/** The services behind the gateway. */
export interface GatewayOptions {
  readonly endpoints: Readonly<Record<AwsService, string>>;
  /** The ARN of a secret by its name or ARN: permissions are about ARNs. */
  readonly secretArn: (secretId: string) => string;
}

interface Surroundings extends GatewayOptions {
  readonly principals: ReadonlyMap<string, Principal>;
  readonly record: CallRecord;
  readonly forwarder: Forwarder;
}

/**
 * Starts the gateway on a free port of the loopback interface. A call that the function's role does not permit gets the
 * service's error, and never reaches the service.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const principals = new Map<string, Principal>();
  const record = new CallRecord();
  const forwarder = new Forwarder();
  const surroundings: Surroundings = { ...options, principals, record, forwarder };
  const server = createServer((incoming, response) => {
    handle(incoming, response, surroundings).catch((error: unknown) => {
      answer(response, unavailable(String(error)));
    });
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    admit: (principal) => principals.set(principal.accessKeyId, principal),
    calls: () => record.read(),
    stop: async () => {
      await closeServer(server);
      forwarder.stop();
    },
  };
}

async function handle(
  incoming: IncomingMessage,
  response: ServerResponse,
  surroundings: Surroundings,
): Promise<void> {
  const body = await readBody(incoming);
  const outcome = check(incoming, body, surroundings);
  if (typeof outcome === 'string') {
    const endpoint = new URL(surroundings.endpoints[outcome]);
    surroundings.forwarder.forward(incoming, body, endpoint, response, (error) => {
      answer(response, unavailable(error.message));
    });
  } else {
    answer(response, outcome);
  }
}

/** The error for a call that is not permitted, or the service of a call that is. */
function check(
  incoming: IncomingMessage,
  body: Buffer,
  { principals, record, secretArn }: Surroundings,
): ErrorResponse | AwsService {
  const credential = requestCredential(incoming.headers.authorization);
  const principal = principals.get(credential?.accessKeyId ?? '');
  if (credential === undefined || principal === undefined) {
    return unknownCaller('The security token included in the request is invalid.');
  }
  const { service } = credential;
  if (!isAwsService(service)) {
    record.add('refused', principal.functionName, { action: `${service}:*`, resource: '*' });
    return unknownCaller(`The local system has no service ${service}.`);
  }
  const target = incoming.headers['x-amz-target'];
  const permissions = permissionsOf(service, [target].flat()[0], body, secretArn);
  if (permissions === undefined) {
    return unreadable('The request body is not JSON.');
  }
  const authorization = authorize(principal, permissions);
  if (!authorization.allowed) {
    record.add('refused', principal.functionName, authorization.lacking);
    return accessDenied(service, authorization.message);
  }
  for (const permission of permissions) {
    record.add('allowed', principal.functionName, permission);
  }
  const exceeded = service === 'sqs' ? sqsLimitExceeded(body.toString('utf8')) : undefined;
  return exceeded === undefined ? service : invalidParameter(exceeded);
}

function permissionsOf(
  service: AwsService,
  target: string | undefined,
  body: Buffer,
  secretArn: (secretId: string) => string,
): ReturnType<typeof requiredPermissions> | undefined {
  try {
    return requiredPermissions({ service, target, body: body.toString('utf8') }, secretArn);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

function answer(response: ServerResponse, { status, headers, body }: ErrorResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, headers).end(body);
}
