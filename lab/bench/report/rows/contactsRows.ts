import type { ContactsCost } from '../../contacts/measureContacts.ts';
import { atMost, ratioAtMost } from '../limit.ts';
import type { Figures } from '../row.ts';

/** How an export of contacts is grouped, beside a plain pass over the same file. */
export function contactsRows(contacts: ContactsCost): readonly Figures[] {
  const { rows, fileBytes, passes, wallMs, plainMs, peakRssBytes, groups } = contacts;
  const megabytes = (bytes: number): number => bytes / 1_000_000;
  const rowsPerSecond = (ms: number, times: number): number => (rows * times) / (ms / 1000);
  return [
    {
      name: `${rows.toLocaleString('en')} contacts (${Math.round(megabytes(fileBytes))} MB gzip) in ${groups} groups: s`,
      receiver: wallMs / 1000,
      digits: 1,
      limit: atMost(900),
    },
    { name: '  … passes over the file', receiver: passes, digits: 0 },
    {
      name: '  … one pass, beside gunzip and CSV parser alone: s',
      receiver: wallMs / passes / 1000,
      other: plainMs / 1000,
      digits: 1,
      limit: ratioAtMost(2),
    },
    {
      name: '  … rows a second',
      receiver: rowsPerSecond(wallMs, passes),
      other: rowsPerSecond(plainMs, 1),
      digits: 0,
    },
    {
      name: '  … peak memory of the process (RSS), of 512 MB: MB',
      receiver: megabytes(peakRssBytes),
      digits: 0,
      limit: atMost(512),
    },
  ];
}
