import { setTimeout as sleep } from 'node:timers/promises';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { loadTriggers } from '../../../infra/bundling/loadTriggers.ts';
import type { Output } from '../../ops/output.ts';
import { ConnectError } from '../connectError.ts';
import { routeUrl, triggersByRoute } from '../plan/desiredConnection.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';
import type { DesiredWebhooks } from './desiredWebhooks.ts';
import { wantedKinds } from './eventKinds.ts';
import { SendGridApi } from './sendGridApi.ts';
import { type SendGridOptions, sendGridAddress } from './sendGridOptions.ts';
import { sourceUrl } from './webhookUrl.ts';

/** An account at SendGrid, and what should be set up for the triggers. */
export interface SendGridSession {
  readonly api: SendGridApi;
  readonly secretId: string;
  readonly triggersFile: string;
  readonly triggers: readonly Trigger[];
  readonly desired: DesiredWebhooks;
}

/** Opens the account. Nothing is called yet. @throws ConnectError, TriggersFileError */
export function openSendGrid(
  target: ConnectTarget,
  options: SendGridOptions,
  output: Output,
): SendGridSession {
  const triggersFile = options.triggers ?? target.triggersFile ?? 'triggers.ts';
  const triggers = loadTriggers(triggersFile);
  const byRoute = triggersByRoute(triggers, 'sendgrid');
  if (byRoute.size === 0) {
    throw new ConnectError(
      `No trigger of ${triggersFile} has source: 'sendgrid': add one, deploy it, and run the command again.`,
    );
  }
  if (target.sendgridSecretId === undefined) {
    throw new ConnectError(
      `The deployed system (${target.title}) has no secret for SendGrid, because no trigger had source: 'sendgrid': deploy ` +
        `${triggersFile} first.`,
    );
  }
  const { apiUrl, apiKey } = sendGridAddress(options, target, process.env);
  const { subuser } = options;
  const api = new SendGridApi({ apiUrl, apiKey, subuser, now: Date.now, sleep, onWait: output.note });
  const sendgridUrl = sourceUrl(target.segmentUrl, 'sendgrid');
  const name = options.name ?? target.destinationName;
  const webhooks = [...byRoute].map(([route, ofRoute]) => ({
    name: route === 'default' ? name : `${name}: ${route}`,
    route,
    url: routeUrl(sendgridUrl, route),
    kinds: wantedKinds(ofRoute),
  }));
  return {
    api,
    secretId: target.sendgridSecretId,
    triggersFile,
    triggers,
    desired: { sendgridUrl, webhooks },
  };
}
