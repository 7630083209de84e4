import * as z from 'zod';

/** The settings of an event webhook that choose events. Source: OpenAPI of SendGrid, "EventWebhookRequest". */
export const eventSettings = [
  'group_resubscribe',
  'delivered',
  'group_unsubscribe',
  'spam_report',
  'bounce',
  'deferred',
  'unsubscribe',
  'processed',
  'open',
  'click',
  'dropped',
] as const;

/** Off by default, and shown only with `include=account_status_change`. */
const hiddenSetting = 'account_status_change';

type EventSetting = (typeof eventSettings)[number] | typeof hiddenSetting;

const flag = z.boolean().optional();
const text = z.string().nullable().optional();

/** The body that creates or changes an event webhook; what it does not know is ignored. */
export const webhookRequest = z.object({
  url: z.string(),
  enabled: flag,
  friendly_name: text,
  oauth_client_id: text,
  oauth_client_secret: text,
  oauth_token_url: text,
  ...(Object.fromEntries([...eventSettings, hiddenSetting].map((name) => [name, flag])) as Readonly<
    Record<EventSetting, typeof flag>
  >),
});

export type WebhookRequest = z.infer<typeof webhookRequest>;

/** The members that a request changes. */
export type WebhookChange = { readonly [Name in keyof WebhookRequest]?: WebhookRequest[Name] | undefined };

/** An event webhook of the account. */
export interface EventWebhook {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly friendlyName: string | null;
  readonly events: ReadonlySet<EventSetting>;
  /** Without its secret, which SendGrid never shows. */
  readonly oauth: { readonly clientId: string; readonly tokenUrl: string } | undefined;
  readonly isSigned: boolean;
  /** ISO 8601; `null`: the oldest webhook, of the time when an account had only one. */
  readonly createdDate: string | null;
  readonly updatedDate: string;
}

/** A webhook after a request: members that the request does not have stay as they are. */
export function changedWebhook(webhook: EventWebhook, request: WebhookChange): EventWebhook {
  const all: readonly EventSetting[] = [...eventSettings, hiddenSetting];
  return {
    ...webhook,
    url: request.url ?? webhook.url,
    enabled: request.enabled ?? webhook.enabled,
    friendlyName: request.friendly_name === undefined ? webhook.friendlyName : request.friendly_name,
    events: new Set(all.filter((name) => request[name] ?? webhook.events.has(name))),
    oauth: changedOauth(webhook, request),
  };
}

/** Empty strings turn OAuth off. */
function changedOauth(
  { oauth }: EventWebhook,
  { oauth_client_id: clientId, oauth_token_url: tokenUrl }: WebhookChange,
): EventWebhook['oauth'] {
  const given = { clientId: clientId ?? oauth?.clientId ?? '', tokenUrl: tokenUrl ?? oauth?.tokenUrl ?? '' };
  return given.clientId === '' && given.tokenUrl === '' ? undefined : given;
}

/** How the API shows a webhook, apart from its public key. */
export function shownWebhook(webhook: EventWebhook, query: URLSearchParams, withDates: boolean): object {
  const { id, url, enabled, friendlyName, events, oauth, createdDate, updatedDate } = webhook;
  const shown: readonly EventSetting[] =
    query.get('include') === hiddenSetting ? [hiddenSetting, ...eventSettings] : eventSettings;
  return {
    enabled,
    url,
    ...Object.fromEntries(shown.map((name) => [name, events.has(name)])),
    friendly_name: friendlyName,
    id,
    ...(oauth === undefined ? {} : { oauth_client_id: oauth.clientId, oauth_token_url: oauth.tokenUrl }),
    ...(withDates ? { created_date: createdDate, updated_date: updatedDate } : {}),
  };
}

/** Whether a webhook is sent an event, by the name that the event has. */
export function wants({ events }: EventWebhook, event: object): boolean {
  const name = 'event' in event ? event.event : undefined;
  return events.has((name === 'spamreport' ? 'spam_report' : name) as EventSetting);
}
