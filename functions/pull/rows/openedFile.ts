/** A file that is open for reading. */
export interface OpenedFile {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Which contents it has, such as an ETag; absent where it is not known. */
  readonly version?: string | undefined;
}

/** Where to open a file that was read before. */
export interface FileStart {
  /** Bytes that are not read again. */
  readonly byte: number;
  /** The contents that it had. */
  readonly version?: string | undefined;
}

/**
 * Opens a file as a stream of its bytes.
 *
 * @param start the beginning of the file, if absent
 * @throws FileChangedError when the file does not have the contents of `start` any more
 */
export type OpenFile = (from: string, signal: AbortSignal, start?: FileStart) => Promise<OpenedFile>;

/** The bytes after the first ones. */
export async function* bytesAfter(
  bytes: AsyncIterable<Uint8Array>,
  skipped: number,
): AsyncGenerator<Uint8Array> {
  let left = skipped;
  for await (const chunk of bytes) {
    if (left < chunk.length) {
      yield left === 0 ? chunk : chunk.subarray(left);
    }
    left = Math.max(0, left - chunk.length);
  }
}
