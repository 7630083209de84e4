const textTypes: readonly RegExp[] = [
  /^text\//,
  /^application\/(?:json|javascript|xml|[\w.-]+\+json|[\w.-]+\+xml)$/,
];

/**
 * Whether a body of this content type reaches the function as text. Other bodies, and those without a type or with a
 * content encoding, are sent in base64.
 */
export function isTextContent(contentType: string | undefined, contentEncoding: string | undefined): boolean {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isPlain = contentEncoding === undefined || contentEncoding === 'identity';
  return isPlain && textTypes.some((pattern) => pattern.test(type));
}
