/** Members whose texts are or may be secrets, at any depth. */
const secretMembers: ReadonlySet<string> = new Set(['sharedSecret', 'headers']);

/** The secrets in a request's body, longest first, so that an error message can hide them. */
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
