import * as z from 'zod/mini';
import { secretString } from '../secrets/secretString.ts';

const maveraCredentials = z.object({
  apiKey: secretString.check(
    z.regex(
      /^[\x21-\x7e]{8,}$/,
      'expected a Mavera API key (mvra_live_…), from Settings > Developer > API Keys',
    ),
  ),
  // An unusable one counts as absent: runs do not need it to call Mavera.
  segmentWriteKey: z.optional(
    z.transform((value) => {
      const key = typeof value === 'string' ? value.trim() : '';
      return /^[\x21-\x7e]+$/.test(key) ? key : undefined;
    }),
  ),
});

/** Mavera's API key, and the write key of the Segment source that results are reported to. */
export type MaveraCredentials = Readonly<z.infer<typeof maveraCredentials>>;

/**
 * Reads the secret's JSON: `{"apiKey": "mvra_live_…", "segmentWriteKey": "…" (optional)}`.
 *
 * @throws ZodError naming the field, never its value
 */
export function parseMaveraCredentials(secret: unknown): MaveraCredentials {
  return maveraCredentials.parse(secret);
}
