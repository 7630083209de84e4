import { STATUS_CODES } from 'node:http';
import type { Api } from './api.ts';
import type { CallFault } from './fault.ts';
import { jsonReply, type Reply } from './reply.ts';

/** The names of the statuses that only gateways use. Source: Cloudflare, "5xx errors". */
const gatewayTitles: Readonly<Record<number, string>> = {
  520: 'Web server is returning an unknown error',
  521: 'Web server is down',
  522: 'Connection timed out',
  523: 'Origin is unreachable',
  524: 'A timeout occurred',
  525: 'SSL handshake failed',
  526: 'Invalid SSL certificate',
};

/** Whether and when the work of a call with this fault is done. */
export function workUnder(fault: CallFault): 'none' | 'done' | 'later' {
  switch (fault.kind) {
    case 'cut-before':
    case 'redirect':
      return 'none';
    case 'status':
    case 'error-in-200':
    case 'html':
      return fault.work;
    default:
      return 'done';
  }
}

/** The reply that this fault sends instead of the call's own; `undefined` for a fault that changes the own reply. */
export function replyInstead(fault: CallFault, api: Pick<Api, 'errorBody'>): Reply | undefined {
  switch (fault.kind) {
    case 'status': {
      const body = api.errorBody(fault.status, fault.code, fault.message);
      return jsonReply({ status: fault.status, body, headers: retryAfterHeader(fault.retryAfter) });
    }
    case 'error-in-200':
      return jsonReply({ status: 200, body: api.errorBody(500, fault.code, fault.message) });
    case 'html':
      return gatewayPage(fault.status, retryAfterHeader(fault.retryAfter));
    case 'redirect':
      return gatewayPage(fault.status, { Location: fault.location });
    case 'cut-before':
    case 'cut-after':
      return { kind: 'cut' };
    default:
      return undefined;
  }
}

/** The call's own reply, changed by this fault. */
export function damagedReply(reply: Reply, fault: CallFault): Reply {
  if (reply.kind === 'cut') {
    return reply;
  }
  switch (fault.kind) {
    case 'truncated': {
      if (reply.file !== undefined) {
        return { ...reply, isCutShort: true };
      }
      const text = reply.text.slice(0, Math.floor(reply.text.length / 2));
      return { ...reply, text, body: text };
    }
    case 'byte-order-mark':
      return { ...reply, text: `\uFEFF${reply.text}` };
    default:
      return reply;
  }
}

function gatewayPage(status: number, headers: Readonly<Record<string, string>>): Reply {
  const title = `${status} ${STATUS_CODES[status] ?? gatewayTitles[status] ?? 'Error'}`;
  const text = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return {
    kind: 'answer',
    status,
    headers: { 'Content-Type': 'text/html', ...headers },
    text,
    body: text,
    isGateways: true,
  };
}

function retryAfterHeader(retryAfter: number | string | undefined): Readonly<Record<string, string>> {
  return retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
}
