import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Contact, csvHeader, csvLine, shownContact } from './contact.ts';

const contactsAChunk = 200;

/** The file of an export as a stream, gzipped whatever the client accepts: a million contacts need no memory. */
export function contactFile(contacts: Iterable<Contact>, type: 'csv' | 'json'): Readable {
  const gzip = createGzip();
  const text = Readable.from(chunksOf(contacts, type));
  text.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => text.destroy());
  return text.pipe(gzip);
}

/** JSON is one contact a line. */
function* chunksOf(contacts: Iterable<Contact>, type: 'csv' | 'json'): Generator<string> {
  let chunk = type === 'csv' ? csvHeader : '';
  let size = 0;
  for (const contact of contacts) {
    chunk += type === 'csv' ? csvLine(contact) : `${JSON.stringify(shownContact(contact))}\n`;
    size += 1;
    if (size % contactsAChunk === 0) {
      yield chunk;
      chunk = '';
    }
  }
  yield chunk;
}
