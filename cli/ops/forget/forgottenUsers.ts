import { readFile } from 'node:fs/promises';
import { cutMark, shortened } from '../../../functions/ledger/shortened.ts';
import { OperatorError } from '../operatorError.ts';

/** A shorter beginning of a cut id could be that of another user. */
const leastCutCharacters = 64;

type Fields = Readonly<Record<string, unknown>>;

/** The users to forget, and what belongs to them. */
export class ForgottenUsers {
  readonly ids: readonly string[];
  readonly #byText: ReadonlyMap<string, string>;

  constructor(ids: readonly string[]) {
    this.ids = [...new Set(ids)];
    this.#byText = new Map(this.ids.flatMap((id) => [[id, id] as const, [shortened(id) ?? id, id] as const]));
  }

  /** The user whose id this is, as the ledger writes ids. */
  idOf(text: unknown): string | undefined {
    if (typeof text !== 'string') {
      return undefined;
    }
    return this.#byText.get(text) ?? (text.endsWith(cutMark) ? this.#cutId(text) : undefined);
  }

  /** The user whom an event is about, by its user id, anonymous id or previous id. */
  ofEvent(event: unknown): string | undefined {
    if (typeof event !== 'object' || event === null) {
      return undefined;
    }
    const { userId, anonymousId, previousId } = event as Fields;
    return this.idOf(userId) ?? this.idOf(anonymousId) ?? this.idOf(previousId);
  }

  #cutId(text: string): string | undefined {
    const start = text.slice(0, -cutMark.length);
    return start.length < leastCutCharacters ? undefined : this.ids.find((id) => id.startsWith(start));
  }
}

/**
 * Reads a file of user ids, one a line.
 *
 * @throws OperatorError if it cannot be read
 */
export async function readUserIds(file: string): Promise<readonly string[]> {
  try {
    const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
    return lines.filter((line) => line !== '');
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: give a text file with one user id a line.`, {
      cause: error,
    });
  }
}
