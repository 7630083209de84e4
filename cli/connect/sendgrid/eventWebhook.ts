import * as z from 'zod';
import { accountKind, type EventKind, eventKinds } from './eventKinds.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));
const flags = Object.fromEntries(eventKinds.map((kind) => [kind, z.boolean().nullish()])) as Readonly<
  Record<EventKind, z.ZodOptional<z.ZodNullable<z.ZodBoolean>>>
>;

const webhookSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    enabled: z.boolean(),
    friendly_name: text,
    public_key: text,
    oauth_client_id: text,
    oauth_token_url: text,
    ...flags,
  })
  .transform(
    (shown): EventWebhook => ({
      id: shown.id,
      url: shown.url,
      enabled: shown.enabled,
      name: shown.friendly_name,
      publicKey: shown.public_key,
      kinds: new Set(eventKinds.filter((kind) => shown[kind] === true)),
      offersAccountKind: typeof shown[accountKind] === 'boolean',
      oauth:
        shown.oauth_client_id === undefined || shown.oauth_token_url === undefined
          ? undefined
          : { clientId: shown.oauth_client_id, tokenUrl: shown.oauth_token_url },
    }),
  );

/** An event webhook at SendGrid. */
export interface EventWebhook {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly name: string | undefined;
  /** Base64; `undefined` if it is not signed. */
  readonly publicKey: string | undefined;
  readonly kinds: ReadonlySet<EventKind>;
  /** Whether SendGrid shows the kind `account_status_change`. */
  readonly offersAccountKind: boolean;
  /** Set by others, for a gateway in front of the receiver. */
  readonly oauth: { readonly clientId: string; readonly tokenUrl: string } | undefined;
}

/** The event webhooks of an account, and how many its plan allows. */
export interface AccountWebhooks {
  readonly maxAllowed: number | undefined;
  readonly webhooks: readonly EventWebhook[];
}

/** `GET …/event/settings/all`. An account without webhooks has one empty object in the documented example. */
export const accountWebhooksSchema = z
  .object({
    max_allowed: z.number().nullish(),
    webhooks: z.array(z.union([webhookSchema, z.strictObject({}).transform(() => undefined)])),
  })
  .transform(
    ({ max_allowed: maxAllowed, webhooks }): AccountWebhooks => ({
      maxAllowed: maxAllowed ?? undefined,
      webhooks: webhooks.filter((webhook) => webhook !== undefined),
    }),
  );

export const createdSchema = z.object({ id: z.string().min(1) });
export const signedSchema = z.object({ public_key: z.string().min(1) });
export const scopesSchema = z.object({ scopes: z.array(z.string()) });

/** `{"errors": [{message, field?, id?, url?}]}` */
export const errorsSchema = z.object({
  errors: z.array(z.object({ message: z.string().catch('') })).min(1),
});
