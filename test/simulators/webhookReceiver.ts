import { createServer, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { readBody } from '../../simulators/http/readBody.ts';

/** A post as it arrived. */
export interface ReceivedPost {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that is stopped with the test, and what was posted to it. */
export interface WebhookReceiver {
  readonly url: string;
  readonly posts: ReceivedPost[];
}

/**
 * Starts a server for webhooks.
 *
 * @param statuses of its answers in order; the last one stands for all further ones
 */
export async function useWebhookReceiver(...statuses: readonly number[]): Promise<WebhookReceiver> {
  const posts: ReceivedPost[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      posts.push({ headers: request.headers, body: body.toString('utf8') });
      response.writeHead(statuses[posts.length - 1] ?? statuses.at(-1) ?? 200).end('{}');
    });
  });
  const port = await listen(server, 0);
  onTestFinished(() => closeServer(server));
  return { url: `http://127.0.0.1:${port}/webhook`, posts };
}
