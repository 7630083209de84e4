import type { Source } from '../source.ts';
import { authenticateSegOps, isSignedBySegOps } from './authenticate.ts';
import { parseSegOpsCredentials, type SegOpsCredentials } from './credentials.ts';
import { segOpsEvent } from './toEvent.ts';

/** SegOps's outbound webhook as a source. */
export function createSource(): Source<SegOpsCredentials> {
  return {
    name: 'segops',
    title: 'SegOps',
    advice: {
      tooLarge: 'raise the setting "maxBodyBytes"',
      noEvents: 'point only a webhook of SegOps to this path',
    },
    parseCredentials: parseSegOpsCredentials,
    authenticate: authenticateSegOps,
    isSigned: isSignedBySegOps,
    toEvent: segOpsEvent,
  };
}
