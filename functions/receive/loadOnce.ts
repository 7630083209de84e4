/**
 * Loads something when it is first needed, and keeps it.
 *
 * @param onTrouble told of each failure
 * @returns a function that gives it, or `undefined` when it could not be loaded: the next call then tries again
 */
export function loadOnce<Loaded>(
  load: () => Promise<Loaded>,
  onTrouble: (error: unknown) => void,
): () => Promise<Loaded | undefined> {
  let loading: Promise<Loaded | undefined> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      onTrouble(error);
      return undefined;
    });
    return loading;
  };
}
