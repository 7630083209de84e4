/** Where an object of S3 is. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads `s3://bucket/key`; `undefined` for anything else. Keys with `*`, `?` or `${` are nothing: a policy that names one would
 * allow other objects too.
 *
 * Source: Amazon S3 user guide, "General purpose bucket naming rules"; IAM user guide, "Resource".
 */
export function s3Location(from: string): S3Location | undefined {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.{1,1024})$/s.exec(from) ?? [];
  return bucket === undefined || key === undefined || /[*?]|\$\{/.test(key) ? undefined : { bucket, key };
}
