import { FileChangedError, FileGoneError, FileUnavailableError, FileUnreadableError } from './fileErrors.ts';
import { bytesAfter, type FileStart, type OpenedFile, type OpenFile } from './openedFile.ts';

/** S3 answers 403 for a URL that has expired. */
const gone = new Set([403, 404, 410]);
/** It has another ETag, or fewer bytes than it had. */
export const changed: ReadonlySet<number | undefined> = new Set([412, 416]);

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
  return async (from, signal, start) => {
    if (from.startsWith('s3://') && s3 !== undefined) {
      return await s3(from, signal, start);
    }
    const url = URL.canParse(from) ? new URL(from) : undefined;
    if (url !== undefined && (isSafe(url) || url.origin === origin)) {
      return await download(from, signal, start, fetchUrl);
    }
    if (url === undefined && shipped !== undefined) {
      return await shipped(from, signal, start);
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
 * Downloads a file. A server that gives whole files only is read from the beginning.
 *
 * @throws FileGoneError when the server does not have it any more, or its URL has expired
 * @throws FileChangedError when it does not have the contents of `start` any more
 * @throws FileUnavailableError otherwise
 */
export async function download(
  url: string,
  signal: AbortSignal,
  { byte, version }: FileStart = { byte: 0 },
  fetchUrl: typeof fetch = fetch,
): Promise<OpenedFile> {
  const headers = {
    // Some servers compress once more if they may.
    'accept-encoding': 'identity',
    ...(byte === 0 ? {} : { range: `bytes=${byte}-` }),
    ...(version === undefined ? {} : { 'if-match': version }),
  };
  const response = await fetchUrl(url, { headers, redirect: 'manual', signal }).catch(() => {
    throw new FileUnavailableError('The file cannot be downloaded: there is no connection');
  });
  const { status, body } = response;
  if ((status !== 200 && status !== 206) || body === null) {
    await body?.cancel();
    throw downloadError(status);
  }
  const found = strongEtag(response.headers.get('etag'));
  if (version !== undefined && found !== version) {
    await body.cancel();
    throw new FileChangedError('of the URL');
  }
  return { bytes: status === 206 ? body : bytesAfter(body, byte), version: found };
}

function downloadError(status: number): Error {
  if (changed.has(status)) {
    return new FileChangedError('of the URL');
  }
  const FileError = gone.has(status) ? FileGoneError : FileUnavailableError;
  return new FileError(`The file cannot be downloaded: it was answered ${status}`);
}

/** A weak one may name other bytes, and no server compares it. */
function strongEtag(etag: string | null): string | undefined {
  return etag === null || etag.startsWith('W/') ? undefined : etag;
}
