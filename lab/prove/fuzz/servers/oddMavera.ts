import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of Mavera; status 0 closes the connection. */
export interface OddAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** A Mavera, and a Segment, that give the answers they are told to. */
export interface OddMavera {
  readonly baseUrl: string;
  /** Sets the answers. They are given in turn, then from the first again. */
  answerWith(answers: readonly OddAnswer[]): void;
  stop(): Promise<void>;
}

const well: OddAnswer = { status: 200, headers: [], body: '{}' };

/** Starts the server. */
export async function startOddMavera(): Promise<OddMavera> {
  let answers: readonly OddAnswer[] = [well];
  let given = 0;
  const server = createServer((request, response) => {
    request.resume();
    const { status, headers, body } = answers[given % answers.length] ?? well;
    given += 1;
    if (status === 0) {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, [['content-type', 'application/json'], ...headers].flat());
    response.end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerWith: (next) => {
      answers = next.length === 0 ? [well] : next;
      given = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
