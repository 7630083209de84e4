const signIn =
  'sign in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; ' +
  'add --local for the system of `npm run dev`.';
const noCredentials = `No AWS credentials were found: ${signIn}`;
const expired = 'The AWS credentials have expired: sign in again, e.g. with `aws sso login`.';
const unknownCredentials = `AWS does not accept these credentials: ${signIn}`;
const gone =
  'A table, queue or secret of the stack does not exist: deploy the stack again, or check --stack.';
const throttled = 'AWS limits the rate of calls: try again in a moment.';
const unreachable =
  'AWS cannot be reached: check the network, the region, and AWS_ENDPOINT_URL_* in the environment.';

/** What to do about an error of credentials, by its name. The SDK's own sentence follows: it names the profile or cause. */
const credentialProblems: Readonly<Record<string, string>> = {
  CredentialsProviderError: noCredentials,
  TokenProviderError: expired,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  RequestExpired: expired,
  InvalidClientTokenId: unknownCredentials,
  UnrecognizedClientException: unknownCredentials,
  InvalidSignatureException: unknownCredentials,
  SignatureDoesNotMatch: unknownCredentials,
  IncompleteSignature: unknownCredentials,
};

/** What to do about another error of the AWS SDK, by its name or code. */
const problems: Readonly<Record<string, string>> = {
  ResourceNotFoundException: gone,
  QueueDoesNotExist: gone,
  Throttling: throttled,
  ThrottlingException: throttled,
  RequestThrottled: throttled,
  ProvisionedThroughputExceededException: throttled,
  TimeoutError: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
};

/**
 * Says in one line what an error of the AWS SDK means and how to fix it; `undefined` for an unexpected error.
 *
 * @param permissionsPage the page that lists the permissions of the command
 */
export function explainAwsError(error: unknown, permissionsPage = 'docs/operate.md'): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  if (error.message.startsWith('Region is missing')) {
    return 'No AWS region is set: add --region, e.g. --region eu-west-1, or set AWS_REGION or AWS_DEFAULT_REGION.';
  }
  const credentials = credentialProblem(error);
  if (credentials !== undefined) {
    return `${credentials} (AWS SDK: ${firstLine(error.message)})`;
  }
  if (/^AccessDenied|^Authorization/.test(error.name)) {
    return `${firstLine(error.message)} (access denied: ${permissionsPage} lists the permissions that this needs)`;
  }
  const index = ['RunsByDay', 'Parked'].find((name) => error.message.includes(name));
  if (error.name === 'ValidationException' && index !== undefined) {
    return `The deployed table has no index ${index}: deploy this version of the stack first.`;
  }
  return problems[error.name] ?? problems[codeOf(error)];
}

function credentialProblem({ name, message }: Error): string | undefined {
  if (name === 'CredentialsProviderError' && /\bexpired\b/i.test(message)) {
    // An SSO session that is over has the same name as missing credentials.
    return expired;
  }
  // A missing profile has no error name of its own.
  return /^Could not resolve credentials|^Profile .* (?:not found|could not be found)/.test(message)
    ? noCredentials
    : credentialProblems[name];
}

/** The code of a connection error, or that of its first inner error. */
export function codeOf(error: Error): string {
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: readonly unknown[] };
  const [inner] = errors ?? [];
  return typeof code === 'string' ? code : inner instanceof Error ? codeOf(inner) : '';
}

const longestQuote = 300;

function firstLine(text: string): string {
  return text.split('\n', 1).join('').slice(0, longestQuote);
}
