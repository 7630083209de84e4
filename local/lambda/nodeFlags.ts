/**
 * The flags with which Lambda starts Node.js. They override `NODE_OPTIONS`, so a function cannot change them.
 *
 * Source: `/var/runtime/bootstrap` of Lambda's managed Node.js runtimes up to 22; not verified for 24.
 *
 * @param memoryMb of the function
 */
export function nodeFlags(memoryMb: number): readonly string[] {
  const youngMb = Math.floor(memoryMb / 10);
  return [`--max-semi-space-size=${Math.floor(youngMb / 2)}`, `--max-old-space-size=${memoryMb - youngMb}`];
}
