import * as z from 'zod/mini';

/** A message in the puller's queue: the start of an occurrence, or one of its steps. */
export type PullMessage =
  | {
      readonly version: 1;
      readonly kind: 'start';
      readonly trigger: string;
      /** Names the occurrence: the time that the schedule stands for, or the time and hand that started it. */
      readonly occurrence: string;
    }
  | {
      readonly version: 1;
      readonly kind: 'step';
      readonly trigger: string;
      readonly occurrence: string;
      /** The step that is to be taken: the version of the cursor. */
      readonly step: number;
    };

const facts = {
  version: z.literal(1),
  trigger: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
  occurrence: z.string().check(z.regex(/^[A-Za-z0-9:.+_-]{1,64}$/)),
};
const message = z.discriminatedUnion('kind', [
  z.object({ ...facts, kind: z.literal('start') }),
  z.object({ ...facts, kind: z.literal('step'), step: z.int().check(z.nonnegative()) }),
]);

/**
 * Reads the body of a message.
 *
 * @throws SyntaxError when it is not JSON, ZodError when it is not a message of a pull
 */
export function parsePullMessage(body: string): PullMessage {
  return message.parse(JSON.parse(body));
}

/** The body of a message. It has only ASCII characters. */
export function writePullMessage(pullMessage: PullMessage): string {
  return JSON.stringify(pullMessage);
}
