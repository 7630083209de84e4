import type { ApiSurroundings } from './apiCall.ts';
import { type ApiReply, problem } from './apiReply.ts';

/**
 * The 422 for an unknown setting of Webhooks (Actions) or a wrong type; `undefined` when all are valid.
 *
 * A masked secret that is written back is accepted: it is stored as it is, and breaks every signature. GUESS: unknown
 * settings are refused.
 */
export function refusedSetting(
  given: Readonly<Record<string, unknown>>,
  { offersWholeBodySignature }: ApiSurroundings,
): ApiReply | undefined {
  const types = new Map([
    ['sharedSecret', 'string'],
    ['dynamicAuthSettings', 'object'],
    ...(offersWholeBodySignature ? [['useSegmentSignatureHeader', 'boolean'] as const] : []),
  ]);
  for (const [name, value] of Object.entries(given)) {
    const type = types.get(name);
    if (type === undefined) {
      return problem(422, `"${name}" is not allowed`, `settings.${name}`);
    }
    if (typeof value !== type) {
      return problem(422, `"${name}" must be of type ${type}`, `settings.${name}`);
    }
  }
  return undefined;
}
