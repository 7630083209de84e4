import { FileGoneError, FileUnavailableError, FileUnreadableError } from './fileErrors.ts';
import type { OpenFile } from './readRows.ts';

/** S3 answers 403 for a URL that has expired. */
const gone = new Set([403, 404, 410]);

/** Where else files may be, beside `https:` URLs. */
export interface OtherFiles {
  /** Opens `s3://bucket/key`. */
  readonly s3?: OpenFile | undefined;
  /** Opens paths, which name files that came with the function's code. */
  readonly shipped?: OpenFile | undefined;
  /** One more origin to download from, such as `http://127.0.0.1:4012`: the local system has one. */
  readonly origin?: string | undefined;
}

/**
 * Opens the file of a URL, without any key: such a URL is its own key. It may come from a system's answer, so nothing but
 * `https:` to a named host is read, and no redirect is followed.
 */
export function openFiles({ s3, shipped, origin }: OtherFiles, fetchUrl: typeof fetch = fetch): OpenFile {
  return async (from, signal) => {
    if (from.startsWith('s3://') && s3 !== undefined) {
      return await s3(from, signal);
    }
    const url = URL.canParse(from) ? new URL(from) : undefined;
    if (url !== undefined && (isSafe(url) || url.origin === origin)) {
      return await download(from, signal, fetchUrl);
    }
    if (url === undefined && shipped !== undefined) {
      return await shipped(from, signal);
    }
    throw new FileUnreadableError('The file has no https: URL, and no other file can be read here');
  };
}

function isSafe({ protocol, username, password, hostname }: URL): boolean {
  return (
    protocol === 'https:' &&
    username === '' &&
    password === '' &&
    // An address of numbers may be one of the inner network, such as that of a metadata service.
    /\.[a-z]{2,}$/i.test(hostname)
  );
}

/**
 * Downloads a file.
 *
 * @throws FileGoneError when the server does not have it any more, or its URL has expired
 * @throws FileUnavailableError otherwise
 */
export async function download(
  url: string,
  signal: AbortSignal,
  fetchUrl: typeof fetch = fetch,
): Promise<AsyncIterable<Uint8Array>> {
  // Some servers compress once more if they may.
  const headers = { 'accept-encoding': 'identity' };
  const response = await fetchUrl(url, { headers, redirect: 'manual', signal }).catch(() => {
    throw new FileUnavailableError('The file cannot be downloaded: there is no connection');
  });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    const FileError = gone.has(response.status) ? FileGoneError : FileUnavailableError;
    throw new FileError(`The file cannot be downloaded: it was answered ${response.status}`);
  }
  return response.body;
}
