type Defined<Given> = { [Key in keyof Given]?: Exclude<Given[Key], undefined> };

/** The members of an object that have a value: a change does not touch the others. */
export function definedMembers<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<Given>;
}
