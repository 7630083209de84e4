import { localSpace } from '../profiles/profilesSimulator.ts';
import type { Audience } from './audience.ts';
import { AudienceSpace } from './audienceSpace.ts';
import { defaultAudiences } from './defaultAudiences.ts';

/** All have defaults. */
export interface AudienceOptions {
  /**
   * The audiences of each space, by the id of the space; `*` stands for any other space.
   * @default one space with those of `defaultAudiences.ts`
   */
  readonly audiences?: Readonly<Record<string, readonly Audience[]>> | undefined;
  /** How long a preview takes, in milliseconds. @default 1,000 */
  readonly previewMs?: number | undefined;
  /** The clock. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** What tests and people may do with the audiences of a simulated workspace. */
export interface AudienceControls {
  /** The audiences of a space; none if there is no such space. */
  audiences(space?: string): readonly Audience[];
  /** Replaces the audiences of a space, also between two pages. */
  changeAudiences(change: (audiences: readonly Audience[]) => readonly Audience[], space?: string): void;
  /** How many previews were started in a space. */
  previewsStarted(space?: string): number;
}

/** The spaces of a workspace. */
export class AudienceSpaces implements AudienceControls {
  readonly now: () => number;
  readonly #previewMs: number;
  readonly #given: Readonly<Record<string, readonly Audience[]>>;
  readonly #spaces = new Map<string, AudienceSpace>();

  constructor({ audiences, previewMs = 1_000, now = Date.now }: AudienceOptions = {}) {
    this.now = now;
    this.#previewMs = previewMs;
    this.#given = audiences ?? { [localSpace]: defaultAudiences(now()) };
  }

  find(id: string): AudienceSpace | undefined {
    const given = Object.hasOwn(this.#given, id) ? this.#given[id] : this.#given['*'];
    const space = this.#spaces.get(id) ?? (given && new AudienceSpace(given, this.#previewMs));
    if (space !== undefined) {
      this.#spaces.set(id, space);
    }
    return space;
  }

  audiences(space: string = localSpace): readonly Audience[] {
    return this.find(space)?.audiences ?? [];
  }

  changeAudiences(
    change: (audiences: readonly Audience[]) => readonly Audience[],
    id: string = localSpace,
  ): void {
    const space = this.find(id);
    if (space !== undefined) {
      space.audiences = change(space.audiences);
    }
  }

  previewsStarted(space: string = localSpace): number {
    return this.find(space)?.previewsStarted ?? 0;
  }
}
