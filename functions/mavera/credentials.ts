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
});

/** What Mavera knows the account by. */
export type MaveraCredentials = Readonly<z.infer<typeof maveraCredentials>>;

/**
 * Reads the secret's JSON: `{"apiKey": "mvra_live_…"}`.
 *
 * @throws ZodError naming the field, never its value
 */
export function parseMaveraCredentials(secret: unknown): MaveraCredentials {
  return maveraCredentials.parse(secret);
}
