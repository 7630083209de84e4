/** Members whose texts are secrets, or may be, with all that is in them. */
const secretMembers: ReadonlySet<string> = new Set(['sharedSecret', 'headers']);

/** The secrets of a request's body, for an error message not to repeat them; the longest first. */
export function secretsIn(body: unknown): readonly string[] {
  return [...new Set(textsOf(body, false))].sort((one, other) => other.length - one.length);
}

function textsOf(value: unknown, isSecret: boolean): readonly string[] {
  if (typeof value === 'string') {
    return isSecret && value !== '' ? [value, value.replace(/^Bearer +/i, '')] : [];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => textsOf(inner, isSecret || secretMembers.has(name)))
    : [];
}
