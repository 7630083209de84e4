import * as z from 'zod';

const settings = z.record(z.string(), z.unknown());

/** Cursor of the next page of a list; the last page has none. */
const pagination = z
  .object({ next: z.string().nullish() })
  .nullish()
  .transform((value) => value ?? undefined);

export const sourceSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string().nullish(),
  /** Empty if the token may not see them. */
  writeKeys: z
    .array(z.string())
    .nullish()
    .transform((keys) => keys ?? []),
});

export const destinationSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  enabled: z.boolean(),
  sourceId: z.string(),
  metadata: z.object({ id: z.string() }),
  settings: settings.nullish().transform((value) => value ?? {}),
});

export const mappingSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  enabled: z.boolean(),
  trigger: z.string().nullish(),
  settings: settings.nullish(),
});

export const catalogSchema = z.object({
  destinationMetadata: z.object({
    options: z.array(z.object({ name: z.string() })).default([]),
    actions: z.array(z.object({ id: z.string(), slug: z.string() })),
  }),
});

export const sourcesPage = z.object({ sources: z.array(sourceSchema), pagination });
export const destinationsPage = z.object({ destinations: z.array(destinationSchema), pagination });
export const mappingsPage = z.object({ subscriptions: z.array(mappingSchema), pagination });
export const destinationAnswer = z.object({ destination: destinationSchema });

/** `{"errors": [{type, message, field?, data?}]}` of the Public API. */
export const errorsSchema = z.object({
  errors: z
    .array(
      z.object({
        message: z.string().default(''),
        field: z
          .string()
          .nullish()
          .transform((field) => field ?? undefined),
        data: z.object({ msBeforeNext: z.number().optional() }).optional().catch(undefined),
      }),
    )
    .min(1),
});

export type SegmentSource = z.infer<typeof sourceSchema>;
export type SegmentDestination = z.infer<typeof destinationSchema>;
export type SegmentMapping = z.infer<typeof mappingSchema>;
