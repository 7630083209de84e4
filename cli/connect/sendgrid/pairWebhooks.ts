import { ConnectError } from '../connectError.ts';
import type { DesiredWebhook, PlanOptions } from './desiredWebhooks.ts';
import type { EventWebhook } from './eventWebhook.ts';
import { routeOf } from './webhookUrl.ts';

/** Pairs what is wanted with what is there: by route, that is by URL; or else by name. */
export function pairWebhooks(
  desired: readonly DesiredWebhook[],
  actual: readonly EventWebhook[],
  sendgridUrl: string,
  options: PlanOptions,
): ReadonlyMap<string, EventWebhook> {
  const pairs = new Map<string, EventWebhook>();
  for (const { route, name } of desired) {
    const found =
      webhookOfRoute(route, actual, sendgridUrl) ?? namedElsewhere(name, actual, sendgridUrl, options);
    if (found !== undefined) {
      pairs.set(route, found);
    }
  }
  return pairs;
}

/** The webhook of a route: of several, one that is on. */
export function webhookOfRoute(
  route: string,
  webhooks: readonly EventWebhook[],
  sendgridUrl: string,
): EventWebhook | undefined {
  const ofRoute = webhooks.filter(({ url }) => routeOf(url, sendgridUrl) === route);
  return ofRoute.find(({ enabled }) => enabled) ?? ofRoute[0];
}

/** It may belong to another system of the same name. @throws ConnectError unless the user has said that it does not */
function namedElsewhere(
  name: string,
  actual: readonly EventWebhook[],
  sendgridUrl: string,
  { move }: PlanOptions,
): EventWebhook | undefined {
  const [found, second] = actual.filter(
    (webhook) => webhook.name === name && routeOf(webhook.url, sendgridUrl) === undefined,
  );
  if (found === undefined) {
    return undefined;
  }
  if (!move || second !== undefined) {
    const several = second === undefined ? 'The event webhook' : 'Each of several event webhooks';
    throw new ConnectError(
      `${several} "${name}" posts to ${shownUrl(found.url)}, not to ${sendgridUrl}: ` +
        (second === undefined
          ? 'add --move if this system has a new URL, or give this one another name with --name.'
          : 'give this one another name with --name.'),
    );
  }
  return found;
}

/** A webhook's name, or where it posts to. */
export function nameOf({ name, url }: EventWebhook): string {
  return name ?? shownUrl(url);
}

/** A URL without parts that may be secret. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'another place' : `${parsed.origin}${parsed.pathname}`;
}
