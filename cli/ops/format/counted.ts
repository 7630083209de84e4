/** A number of things for people. @example counted(1_200, 'item') // '1,200 items' */
export function counted(number: number, thing: string): string {
  return `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`;
}
