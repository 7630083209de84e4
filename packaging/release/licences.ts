/**
 * Licences that ask for nothing but to be named, by their SPDX ids. What this package brings into a user's app has one of
 * them.
 */
export const permissiveLicences: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
  'Zlib',
]);

/**
 * Licences of packages whose `package.json` names none, by name and version, as somebody has read them. A new version has
 * to be read again.
 */
export const licencesReadByHand: Readonly<Record<string, string>> = {
  // The section "License" of its README has the text of the MIT licence.
  '@segment/fql-ts@1.10.1': 'MIT',
};

/**
 * Whether an SPDX expression lets us choose permissive licences alone: `(MIT OR GPL-3.0-only)` does, `MIT AND GPL-3.0-only`
 * does not. A licence with an exception (`… WITH …`) is not taken for permissive.
 */
export function isPermissive(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let index = 0;
  const one = (): boolean => {
    const token = tokens[index++];
    if (token !== '(') {
      return token !== undefined && permissiveLicences.has(token);
    }
    const inside = any();
    return tokens[index++] === ')' && inside;
  };
  const all = (): boolean => {
    let result = one();
    while (tokens[index]?.toUpperCase() === 'AND') {
      index++;
      result = one() && result;
    }
    return result;
  };
  const any = (): boolean => {
    let result = all();
    while (tokens[index]?.toUpperCase() === 'OR') {
      index++;
      result = all() || result;
    }
    return result;
  };
  return any() && index === tokens.length;
}
