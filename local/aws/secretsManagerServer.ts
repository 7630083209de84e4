import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { readBody } from '../../simulators/http/readBody.ts';
import { accountId, partition, region } from '../account/account.ts';

/** A running Secrets Manager, in this process. */
export interface SecretsManagerServer {
  readonly endpoint: string;
  stop(): Promise<void>;
}

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly versions: readonly { readonly id: string; readonly value: string }[];
}

/** An error of the service: its name and its sentence. */
interface ServiceError {
  readonly type: string;
  readonly message: string;
}

const requestSchema = z.object({
  Name: z.string().optional(),
  SecretId: z.string().optional(),
  SecretString: z.string().optional(),
  VersionStage: z.enum(['AWSCURRENT', 'AWSPREVIOUS']).default('AWSCURRENT'),
});

type SecretRequest = z.output<typeof requestSchema>;

const notFound: ServiceError = {
  type: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
};

/**
 * Starts a Secrets Manager in memory: CreateSecret, PutSecretValue, GetSecretValue (the current and the previous
 * version), DescribeSecret and DeleteSecret (at once), for secrets that are strings.
 */
export async function startSecretsManager(): Promise<SecretsManagerServer> {
  const secrets = new Map<string, Secret>();
  const server = createServer((incoming, response) => {
    respond(secrets, incoming, response).catch((error: unknown) => {
      send(response, 400, { __type: 'InvalidRequestException', Message: String(error) });
    });
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => closeServer(server) };
}

async function respond(
  secrets: Map<string, Secret>,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = [incoming.headers['x-amz-target']].flat()[0] ?? '';
  const fields = requestSchema.parse(JSON.parse((await readBody(incoming)).toString('utf8')));
  const answer = execute(secrets, target.slice(target.indexOf('.') + 1), fields);
  if ('type' in answer) {
    send(response, 400, { __type: answer.type, Message: answer.message });
  } else {
    send(response, 200, answer);
  }
}

function execute(
  secrets: Map<string, Secret>,
  operation: string,
  fields: SecretRequest,
): ServiceError | Readonly<Record<string, unknown>> {
  if (operation === 'CreateSecret') {
    return create(secrets, fields);
  }
  const secret = find(secrets, fields.SecretId ?? '');
  if (secret === undefined) {
    return notFound;
  }
  switch (operation) {
    case 'PutSecretValue':
      return put(secrets, secret, fields.SecretString ?? '');
    case 'GetSecretValue':
      return value(secret, fields.VersionStage);
    case 'DescribeSecret':
      return { ARN: secret.arn, Name: secret.name, CreatedDate: secret.createdAtMs / 1000 };
    case 'DeleteSecret':
      secrets.delete(secret.name);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: Date.now() / 1000 };
    default:
      return { type: 'InvalidRequestException', message: `The local system does not know ${operation}.` };
  }
}

function create(
  secrets: Map<string, Secret>,
  { Name: name = '', SecretString }: SecretRequest,
): ServiceError | Readonly<Record<string, unknown>> {
  if (secrets.has(name)) {
    return {
      type: 'ResourceExistsException',
      message: `The operation failed because the secret ${name} already exists.`,
    };
  }
  const suffix = randomBytes(3).toString('hex');
  const arn = `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
  const secret = { arn, name, createdAtMs: Date.now(), versions: [] };
  secrets.set(name, secret);
  return SecretString === undefined ? { ARN: arn, Name: name } : put(secrets, secret, SecretString);
}

function put(
  secrets: Map<string, Secret>,
  secret: Secret,
  secretString: string,
): Readonly<Record<string, unknown>> {
  const id = randomUUID();
  const versions = [{ id, value: secretString }, ...secret.versions].slice(0, 2);
  secrets.set(secret.name, { ...secret, versions });
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: ['AWSCURRENT'] };
}

function value(
  secret: Secret,
  stage: SecretRequest['VersionStage'],
): ServiceError | Readonly<Record<string, unknown>> {
  const version = secret.versions[stage === 'AWSCURRENT' ? 0 : 1];
  if (version === undefined) {
    return {
      type: 'ResourceNotFoundException',
      message: `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
    };
  }
  return {
    ARN: secret.arn,
    CreatedDate: secret.createdAtMs / 1000,
    Name: secret.name,
    SecretString: version.value,
    VersionId: version.id,
    VersionStages: [stage],
  };
}

function find(secrets: ReadonlyMap<string, Secret>, id: string): Secret | undefined {
  return secrets.get(id) ?? [...secrets.values()].find(({ arn }) => arn === id);
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() })
    .end(JSON.stringify(body));
}
