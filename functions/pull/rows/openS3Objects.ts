import { GetObjectCommand, S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import { clientConfig } from '../../aws/clientConfig.ts';
import { FileChangedError, FileGoneError, FileUnavailableError, FileUnreadableError } from './fileErrors.ts';
import type { OpenFile } from './openedFile.ts';
import { changed } from './openFile.ts';
import { s3Location } from './s3Location.ts';

/**
 * Opens objects of S3, named `s3://bucket/key`, as streams.
 *
 * @param config of the client, where it is not Lambda's own
 * @returns a function that throws FileGoneError if the object is not there or may not be read, FileChangedError if it was
 *   replaced, FileUnavailableError if S3 does not give it for another reason, and FileUnreadableError for another name
 */
export function openS3Objects(config: S3ClientConfig = {}): OpenFile {
  const client = new S3Client({
    ...clientConfig(10_000, 4),
    // The bucket may be in another region than the function.
    followRegionRedirects: true,
    // TLS and gzip find a broken file. A checksum over gigabytes would cost more than reading the rows.
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...config,
  });
  return async (from, signal, { byte, version } = { byte: 0 }) => {
    const location = s3Location(from);
    if (location === undefined) {
      throw new FileUnreadableError(
        `A file of S3 is named s3://bucket/key, without *, ? and \${, not ${from}`,
      );
    }
    const { bucket: Bucket, key: Key } = location;
    const Range = byte === 0 ? undefined : `bytes=${byte}-`;
    const { Body: body, ETag } = await client
      .send(new GetObjectCommand({ Bucket, Key, Range, IfMatch: version }), { abortSignal: signal })
      .catch((error: unknown) => {
        throw fileError(from, error);
      });
    if (body === undefined) {
      throw new FileUnavailableError(`The file ${from} cannot be read: S3 answered without it`);
    }
    return { bytes: body as AsyncIterable<Uint8Array>, version: ETag };
  };
}

function fileError(from: string, error: unknown): Error {
  if (!(error instanceof S3ServiceException)) {
    return new FileUnavailableError(`The file ${from} cannot be read: there is no connection to S3`);
  }
  const { name, $metadata } = error;
  if (changed.has($metadata.httpStatusCode)) {
    return new FileChangedError(from);
  }
  // Without the right to list a bucket, which the puller does not have, S3 answers 403 for an object that is not there.
  const isGone = $metadata.httpStatusCode === 403 || $metadata.httpStatusCode === 404;
  const FileError = isGone ? FileGoneError : FileUnavailableError;
  return new FileError(`The file ${from} cannot be read: S3 answered ${$metadata.httpStatusCode} (${name})`);
}
