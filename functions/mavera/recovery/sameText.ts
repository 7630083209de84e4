import { cutMark } from '../../ledger/shortened.ts';

/** Whether a text at Mavera is the one that was sent. Of a very long text the ledger keeps only the beginning. */
export function sameText(atMavera: string, sent: string): boolean {
  return sent.endsWith(cutMark) ? atMavera.startsWith(sent.slice(0, -cutMark.length)) : atMavera === sent;
}
