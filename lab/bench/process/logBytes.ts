type Write = (...given: unknown[]) => boolean;

/** Counts what this process writes to its function's log. */
export class LogBytes {
  #bytes = 0;
  #meter = false;

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream) as Write;
      stream.write = (...given: unknown[]): boolean => {
        if (this.#meter) {
          this.#bytes += bytesOf(given[0]);
        }
        return write(...given);
      };
    }
  }

  /** Starts again from 0. */
  reset(meter: boolean): void {
    this.#bytes = 0;
    this.#meter = meter;
  }

  get bytes(): number {
    return this.#bytes;
  }
}

function bytesOf(written: unknown): number {
  return typeof written === 'string' ? Buffer.byteLength(written) : (written as Uint8Array).byteLength;
}
