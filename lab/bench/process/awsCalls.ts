import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { billedUnits } from './billedUnits.ts';
import type { BilledUnits } from './messages.ts';

/** Counts this process's requests to AWS by any client, with retries. */
export class AwsCalls {
  #calls: Record<string, number> = {};
  #billed = { writeUnits: 0, queueRequests: 0 };
  #meter = false;

  constructor() {
    subscribe('http.client.request.created', (message) => {
      this.#count((message as { readonly request: ClientRequest }).request);
    });
  }

  /** Starts again from 0. */
  reset(meter: boolean): void {
    this.#calls = {};
    this.#billed = { writeUnits: 0, queueRequests: 0 };
    this.#meter = meter;
  }

  get calls(): Readonly<Record<string, number>> {
    return this.#calls;
  }

  get billed(): BilledUnits {
    return this.#billed;
  }

  #count(request: ClientRequest): void {
    const operation = operationOf(request);
    this.#calls[operation] = (this.#calls[operation] ?? 0) + 1;
    if (this.#meter) {
      onBody(request, (body) => {
        const { writeUnits, queueRequests } = billedUnits(operation, body);
        this.#billed.writeUnits += writeUnits;
        this.#billed.queueRequests += queueRequests;
      });
    }
  }
}

/** `PutItem` from `x-amz-target: DynamoDB_20120810.PutItem`; a call without this header counts too. */
function operationOf(request: ClientRequest): string {
  const target = String(request.getHeader('x-amz-target') ?? `${request.method} ${request.path}`);
  return target.slice(target.indexOf('.') + 1);
}

/** The SDK passes a request's whole body to `end`. */
function onBody(request: ClientRequest, listen: (body: Buffer) => void): void {
  const end = request.end.bind(request) as (...given: unknown[]) => ClientRequest;
  request.end = (...given: unknown[]): ClientRequest => {
    const [body] = given;
    listen(typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : Buffer.alloc(0));
    return end(...given);
  };
}
