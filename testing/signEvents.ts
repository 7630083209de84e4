import { signSegmentRequest } from '../functions/sources/segment/signRequest.ts';
import { signSegOpsRequest } from '../functions/sources/segops/signRequest.ts';
import { signSendGridRequest } from '../functions/sources/sendgrid/signRequest.ts';
import type { SourceName } from '../functions/sources/source.ts';
import type { TrialSecrets } from './deployment/trialSecrets.ts';

/** A request to the receiver, as the functions that sign requests make it. */
export interface TrialRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The requests with which a source posts events: SendGrid in one, Segment and SegOps one for each event. */
export function signEvents(
  source: SourceName,
  events: readonly object[],
  secrets: TrialSecrets,
  nowMs: number,
): readonly TrialRequest[] {
  switch (source) {
    case 'segment':
      return events.map((payload) => signSegmentRequest({ payload, secret: secrets.sharedSecret }));
    case 'segops':
      return events.map((event) => signSegOpsRequest(event, secrets.segopsSecret));
    case 'sendgrid':
      return [signSendGridRequest({ events, privateKey: secrets.sendgrid.privateKey, signedAtMs: nowMs })];
  }
}
