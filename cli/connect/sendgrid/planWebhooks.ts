import { ConnectError } from '../connectError.ts';
import type { PlanStep } from '../plan/planStep.ts';
import { tooManyWebhooks } from './apiProblem.ts';
import type { DesiredWebhook, DesiredWebhooks, PlanOptions } from './desiredWebhooks.ts';
import { accountKind, type EventKind, eventKinds } from './eventKinds.ts';
import type { AccountWebhooks, EventWebhook } from './eventWebhook.ts';
import { nameOf, pairWebhooks, shownUrl } from './pairWebhooks.ts';
import { isSameKey, type SendGridSecret } from './sendGridSecret.ts';
import { routeOf } from './webhookUrl.ts';

/** One step of the plan for SendGrid. */
export type WebhookStep = PlanStep<WebhookCall, WebhookDifference>;

/** A setting that differs. */
export interface WebhookDifference {
  readonly field: string;
  readonly atSendGrid: string;
  readonly wanted: string;
}

/** A new webhook, and one that is not signed, is signed before it sends anything. */
export type WebhookCall =
  | { readonly kind: 'create'; readonly body: WebhookBody }
  | { readonly kind: 'change'; readonly id: string; readonly sign: boolean; readonly body: WebhookBody }
  | { readonly kind: 'writeKeys' };

/** Settings of a webhook, as SendGrid takes them. */
export type WebhookBody = Readonly<Record<string, string | boolean>>;

/**
 * The steps that set SendGrid up as desired, and that put the public keys into the receiver's secret; all are "keep" or
 * "leave" if nothing differs.
 *
 * @throws ConnectError if the plan allows fewer webhooks, or a webhook of our name posts to another URL
 */
export function planWebhooks(
  { sendgridUrl, webhooks: desired }: DesiredWebhooks,
  { maxAllowed, webhooks: actual }: AccountWebhooks,
  secret: SendGridSecret,
  options: PlanOptions,
): readonly WebhookStep[] {
  const pairs = pairWebhooks(desired, actual, sendgridUrl, options);
  const missing = desired.length - pairs.size;
  if (maxAllowed !== undefined && missing > 0 && actual.length + missing > maxAllowed) {
    throw new ConnectError(
      `This needs ${missing} more event webhook${missing === 1 ? '' : 's'}, and SendGrid's plan allows ${maxAllowed}: there are ` +
        `${actual.map(nameOf).join(', ')}. ${tooManyWebhooks}`,
    );
  }
  const others = actual.filter(
    (webhook) => routeOf(webhook.url, sendgridUrl) !== undefined && ![...pairs.values()].includes(webhook),
  );
  const paired = [...pairs.values()];
  const signed = missing + paired.filter(({ publicKey }) => publicKey === undefined).length;
  return [
    ...desired.map((webhook) => planWebhook(webhook, pairs.get(webhook.route))),
    ...others.map((webhook) => planOther(webhook, desired, sendgridUrl, options)),
    planSecret(missingKeys([...paired, ...others], secret).length + signed, secret),
  ];
}

/** The webhooks that post to a system, with their keys. */
export function ourWebhooks(webhooks: readonly EventWebhook[], sendgridUrl: string): readonly EventWebhook[] {
  return webhooks.filter(({ url }) => routeOf(url, sendgridUrl) !== undefined);
}

/** The public keys of webhooks that a secret does not have. */
export function missingKeys(
  webhooks: readonly EventWebhook[],
  { publicKeys }: Pick<SendGridSecret, 'publicKeys'>,
): readonly string[] {
  return webhooks.flatMap(({ publicKey }) =>
    publicKey === undefined || publicKeys.some((known) => isSameKey(known, publicKey)) ? [] : [publicKey],
  );
}

function planWebhook(desired: DesiredWebhook, found: EventWebhook | undefined): WebhookStep {
  const details = [`posts to ${desired.url}`, `the kinds ${listOf(desired.kinds)}`];
  if (found === undefined) {
    return {
      what: `event webhook ${desired.name}`,
      action: 'create',
      changes: ['enabled', 'signed', 'kinds'],
      details,
      call: {
        kind: 'create',
        body: bodyOf(desired.url, desired.name, true, desired.kinds, desired.kinds.has(accountKind)),
      },
    };
  }
  const what = `event webhook ${nameOf(found)}`;
  const kinds = found.offersAccountKind ? desired.kinds : without(desired.kinds, accountKind);
  const isMoved = !isSameRoute(found.url, desired.url);
  const differences: readonly WebhookDifference[] = [
    ...(isMoved ? [{ field: 'url', atSendGrid: shownUrl(found.url), wanted: desired.url }] : []),
    ...(found.enabled ? [] : [{ field: 'enabled', atSendGrid: 'false', wanted: 'true' }]),
    ...(found.publicKey === undefined ? [{ field: 'signed', atSendGrid: 'false', wanted: 'true' }] : []),
    ...(isSameSet(kinds, found.kinds)
      ? []
      : [{ field: 'kinds', atSendGrid: listOf(found.kinds), wanted: listOf(kinds) }]),
  ];
  if (differences.length === 0) {
    return { what, action: 'keep', changes: [] };
  }
  const url = isMoved ? desired.url : found.url;
  return {
    what,
    action: 'update',
    changes: differences.map(({ field }) => field),
    differences,
    details,
    call: {
      kind: 'change',
      id: found.id,
      sign: found.publicKey === undefined,
      body: bodyOf(url, found.name, true, kinds, found.offersAccountKind),
    },
  };
}

function planOther(
  found: EventWebhook,
  desired: readonly DesiredWebhook[],
  sendgridUrl: string,
  { prune }: PlanOptions,
): WebhookStep {
  const what = `event webhook ${nameOf(found)}`;
  const isSecond = desired.some(({ route }) => route === routeOf(found.url, sendgridUrl));
  const reason = `posts to ${shownUrl(found.url)}, which ${isSecond ? 'another webhook serves' : 'no trigger names'}`;
  if (!found.enabled) {
    return { what, action: 'leave', changes: [`disabled; ${reason}`] };
  }
  return prune
    ? {
        what,
        action: 'disable',
        changes: [reason],
        differences: [{ field: 'enabled', atSendGrid: 'true', wanted: 'false' }],
        call: {
          kind: 'change',
          id: found.id,
          sign: false,
          body: bodyOf(found.url, found.name, false, found.kinds, found.offersAccountKind),
        },
      }
    : { what, action: 'leave', changes: [`${reason}: --prune disables it`] };
}

/** Every webhook that posts to us signs with its own key. @param count how many the secret lacks */
function planSecret(count: number, secret: SendGridSecret): WebhookStep {
  const what = "public keys in the stack's secret";
  const changes = [
    ...(count === 0 ? [] : [`${count} to add`]),
    ...(secret.hasAddressKey ? [] : ['addressKey to make']),
  ];
  return changes.length === 0
    ? { what, action: 'keep', changes }
    : {
        what,
        action: 'update',
        changes,
        differences: [
          {
            field: 'publicKey',
            atSendGrid: `${count} that the secret does not have`,
            wanted: 'all in the secret',
          },
        ],
        call: { kind: 'writeKeys' },
      };
}

/** SendGrid may take a missing member for `false`, so each is there. */
export function bodyOf(
  url: string,
  name: string | undefined,
  enabled: boolean,
  kinds: ReadonlySet<EventKind>,
  offersAccountKind: boolean,
): WebhookBody {
  const known = eventKinds.filter((kind) => kind !== accountKind || offersAccountKind);
  return {
    url,
    enabled,
    ...(name === undefined ? {} : { friendly_name: name }),
    ...Object.fromEntries(known.map((kind) => [kind, kinds.has(kind)])),
  };
}

function isSameRoute(one: string, other: string): boolean {
  return routeOf(one, other) === 'default';
}

function listOf(kinds: ReadonlySet<EventKind>): string {
  return kinds.size === 0 ? 'none' : eventKinds.filter((kind) => kinds.has(kind)).join(', ');
}

function without(kinds: ReadonlySet<EventKind>, left: EventKind): ReadonlySet<EventKind> {
  return new Set([...kinds].filter((kind) => kind !== left));
}

function isSameSet(one: ReadonlySet<EventKind>, other: ReadonlySet<EventKind>): boolean {
  return one.size === other.size && [...one].every((kind) => other.has(kind));
}
