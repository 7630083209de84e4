import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const stateSchema = z.object({
  version: z.literal(2),
  pid: z.int().positive(),
  endpoints: z.object({
    dynamodb: z.url(),
    sqs: z.url(),
    secretsmanager: z.url(),
    /** Absent in the file of an earlier release. */
    logs: z.url().optional(),
  }),
  tableName: z.string(),
  runQueueUrl: z.url(),
  /** Absent in the file of an earlier release. */
  bulkQueueUrl: z.url().optional(),
  readyQueueUrl: z.url().optional(),
  deadLetterQueueUrl: z.url(),
  /** The log groups of the functions; absent in the file of an earlier release. */
  receiverLogGroup: z.string().optional(),
  /** With the records of outside calls. */
  runnerLogGroup: z.string().optional(),
  /** The next four are absent unless a trigger pulls. */
  pullerLogGroup: z.string().optional(),
  pullQueueUrl: z.url().optional(),
  pullDeadLetterQueueUrl: z.url().optional(),
  /** Trigger → the schedule of its pull, as the stack's output `Pulls` has it. */
  pulls: z.record(z.string(), z.string()).optional(),
  segmentUrl: z.url(),
  segmentSecretArn: z.string(),
  /** Absent unless a trigger has this source. */
  sendgridSecretArn: z.string().optional(),
  segopsSecretArn: z.string().optional(),
  /** Absent in the file of an earlier release. */
  maveraSecretArn: z.string().optional(),
  /** Mavera, or its stand-in; absent in the file of an earlier release. */
  maveraApi: z.object({ apiUrl: z.url() }).optional(),
  /** An absolute path. */
  triggersFile: z.string(),
  /** The stand-in for Segment; absent when another Tracking API is used. */
  workspace: z.object({ apiUrl: z.url(), trackingUrl: z.url() }).optional(),
  /** The stand-in for SendGrid; absent when another SendGrid is used. */
  sendgridApi: z.object({ apiUrl: z.url() }).optional(),
});

/** Where the system of `npm run dev` is, for other commands on this machine. It has no secrets. */
export type LocalState = Readonly<z.infer<typeof stateSchema>>;

/** The state file of the system that was started in a directory. */
export function localStateFile(directory: string): string {
  return join(directory, '.mavera-triggers', 'local.json');
}

/** Writes the state file; of several systems in one directory, the last one started is found. */
export async function writeLocalState(directory: string, state: LocalState): Promise<void> {
  const file = localStateFile(directory);
  await mkdir(join(file, '..'), { recursive: true });
  // A reader must never see half of it.
  const draft = `${file}.${state.pid}`;
  await writeFile(draft, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(draft, file);
}

/** Reads the state file. @returns `undefined` when there is none, or when another version wrote it */
export async function readLocalState(directory: string): Promise<LocalState | undefined> {
  try {
    return stateSchema.safeParse(JSON.parse(await readFile(localStateFile(directory), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Removes the state file of a process, unless another process has written its own since. */
export async function removeLocalState(directory: string, pid: number): Promise<void> {
  if ((await readLocalState(directory))?.pid === pid) {
    await rm(localStateFile(directory), { force: true });
  }
}
