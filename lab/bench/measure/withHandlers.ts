import type { HandlerProcess } from './handlerProcess.ts';

/** Works with handlers that are started one after the other and stopped at the end, whatever happens. */
export async function withHandlers<Name extends string, Result>(
  names: readonly Name[],
  start: (name: Name) => Promise<HandlerProcess>,
  work: (handlers: Readonly<Record<Name, HandlerProcess>>) => Promise<Result>,
): Promise<Result> {
  const started = new Map<Name, HandlerProcess>();
  try {
    for (const name of names) {
      started.set(name, await start(name));
    }
    return await work(Object.fromEntries(started) as Record<Name, HandlerProcess>);
  } finally {
    await Promise.all([...started.values()].map((handler) => handler.stop()));
  }
}
