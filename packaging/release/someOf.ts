const maxNamed = 5;

/** The first names of a list, and how many there are besides. */
export function someOf(names: readonly string[]): string {
  const more = names.length - maxNamed;
  return `${names.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
