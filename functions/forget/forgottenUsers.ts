import { cutMark, shortened } from '../ledger/shortened.ts';

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
