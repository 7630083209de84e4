/** An intrinsic function of a template, such as `{"Fn::GetAtt": ["Queue", "Arn"]}`. */
export interface Intrinsic {
  readonly name: string;
  readonly argument: unknown;
}

/** Reads an object of a template as an intrinsic function; `undefined` for an ordinary object. */
export function asIntrinsic(value: object): Intrinsic | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) {
    return undefined;
  }
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}
