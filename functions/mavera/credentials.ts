import * as z from 'zod/mini';

const maveraCredentials = z.object({
  apiKey: z
    .string()
    .check(
      z.trim(),
      z.regex(
        /^[\x21-\x7e]{8,}$/,
        'expected a Mavera API key (mvra_live_…), from Settings > Developer > API Keys',
      ),
    ),
  // One that cannot be used is none: it must not keep runs from Mavera.
  segmentWriteKey: z.optional(
    z.transform((value) => {
      const key = typeof value === 'string' ? value.trim() : '';
      return /^[\x21-\x7e]+$/.test(key) ? key : undefined;
    }),
  ),
});

/** What Mavera knows the account by, and the Segment source that results are reported to, if any are. */
export type MaveraCredentials = Readonly<z.infer<typeof maveraCredentials>>;

/**
 * Reads the secret's JSON: `{"apiKey": "mvra_live_…", "segmentWriteKey": "…" (optional)}`.
 *
 * @throws ZodError naming the field, never its value
 */
export function parseMaveraCredentials(secret: unknown): MaveraCredentials {
  return maveraCredentials.parse(secret);
}
