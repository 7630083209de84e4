/**
 * The inside of one execution environment: imports the handler, then serves one invocation after the other, as
 * Lambda's own runtime does. Plain JavaScript, because stripping types costs every cold start 60 ms and 18 MB.
 *
 * It receives `{requestId, deadlineMs, functionArn, payload}`. It sends `{type: 'ready'}` or `{type: 'initError', error}`
 * once, then `{type: 'answer', requestId, payload}` or `{type: 'error', requestId, error}` for each invocation.
 * After each, it writes the same end line to both output streams: by these the parent knows that it has read all.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The environment ends with the system, even when the system is killed.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of the terminal's group; the system ends this one itself.
process.on('SIGINT', () => undefined);

try {
  const handler = await loadHandler();
  process.on('message', (invocation) => serve(handler, invocation));
  process.send({ type: 'ready' });
} catch (error) {
  process.send({ type: 'initError', error: describe(error) }, () => process.exit(1));
}

async function loadHandler() {
  const [module, name] = process.env._HANDLER.split('.');
  const candidates = ['.mjs', '.js', '.cjs'].map((ending) =>
    join(process.env.LAMBDA_TASK_ROOT, module + ending),
  );
  const file = candidates.find(existsSync);
  if (file === undefined) {
    throw named('Runtime.ImportModuleError', `Cannot find module '${module}'`);
  }
  const { [name]: handler } = await import(pathToFileURL(file).href);
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  }
  return handler;
}

async function serve(handler, { requestId, deadlineMs, functionArn, payload }) {
  const message = await invoke(
    handler,
    JSON.parse(payload),
    context(requestId, deadlineMs, functionArn),
  ).then(
    (result) => ({ type: 'answer', requestId, payload: JSON.stringify(result) ?? 'null' }),
    (error) => ({ type: 'error', requestId, error: describe(error) }),
  );
  for (const stream of [process.stdout, process.stderr]) {
    stream.write(`END RequestId: ${requestId}\n`);
  }
  process.send(message);
}

async function invoke(handler, event, invocationContext) {
  return handler(event, invocationContext);
}

function context(awsRequestId, deadlineMs, invokedFunctionArn) {
  const { env } = process;
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: false,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    invokedFunctionArn,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: `[$LATEST]${process.pid}`,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  };
}

/** An error as Lambda reports it: name, message and stack. */
function describe(error) {
  return error instanceof Error
    ? {
        errorType: error.name,
        errorMessage: error.message,
        trace: String(error.stack).split('\n'),
      }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}
