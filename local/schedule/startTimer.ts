/**
 * Does a job at once, and then again each time the interval has passed. A start is left out while the job is still under
 * way.
 *
 * @param job never rejects.
 * @returns a function that stops this; it does not wait for a job that is under way.
 */
export function startTimer(everySeconds: number, job: () => Promise<unknown>): () => void {
  let isUnderWay = false;
  const start = async (): Promise<void> => {
    if (!isUnderWay) {
      isUnderWay = true;
      await job();
      isUnderWay = false;
    }
  };
  start();
  const timer = setInterval(start, everySeconds * 1000);
  return () => clearInterval(timer);
}
