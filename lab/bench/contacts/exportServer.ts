import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** SendGrid with one export that is ready. */
export interface ExportServer {
  /** `http://127.0.0.1:<port>`: the base URL of the API, and the origin of the file. */
  readonly origin: string;
  stop(): Promise<void>;
}

const exportId = 'export-1';
const filePath = '/files/contacts.csv.gzip';

/** Serves an export of contacts in the shape of SendGrid's API, and its file without a key. */
export async function startExportServer(file: string): Promise<ExportServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === filePath) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      pipeline(createReadStream(file), response, () => undefined);
      return;
    }
    const found = { id: exportId, status: 'ready', created_at: new Date().toISOString(), urls: [urlOf()] };
    const body = pathname.endsWith(`/${exportId}`) ? found : { result: [found] };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  const urlOf = (): string => `${originOf(server.address() as AddressInfo)}${filePath}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: originOf(server.address() as AddressInfo),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function originOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}`;
}
