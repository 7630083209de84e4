/**
 * Waits for both promises. Unlike `Promise.all` it also waits when one is rejected, so that what the other one starts
 * can be ended.
 *
 * @throws the error of the first rejected promise, in the order of the arguments.
 */
export async function allOrThrow<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
