import * as z from 'zod/mini';
import { parseEnvironment, required } from '../environment/parseEnvironment.ts';
import { Log } from './log.ts';

/** The log of a Lambda function, named as its environment says. */
export function functionLog(): Log {
  const { SERVICE_NAME, METRICS_NAMESPACE } = parseEnvironment(
    z.object({ SERVICE_NAME: required, METRICS_NAMESPACE: required }),
    process.env,
  );
  return new Log({
    service: SERVICE_NAME,
    namespace: METRICS_NAMESPACE,
    now: Date.now,
    // console.log would put Lambda's own prefix before the JSON, which then is neither log field nor metric.
    write: (line) => process.stdout.write(line),
  });
}
