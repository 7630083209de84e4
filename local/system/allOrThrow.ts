/**
 * Waits for both, unlike `Promise.all` also when one of them fails, so that what the other one starts is known and can
 * be ended.
 *
 * @throws what the first of them to be rejected in the order of the arguments threw.
 */
export async function allOrThrow<First, Second>(
  first: Promise<First>,
  second: Promise<Second>,
): Promise<readonly [First, Second]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
