/** The entry of one version in the changelog. */
export interface ChangelogEntry {
  /** `Unreleased`, or a version such as `0.4.0`. */
  readonly version: string;
  /** `2026-11-29`; absent if the heading has none. */
  readonly date?: string;
  /** The headings with something below them, such as `Added`. */
  readonly sections: readonly string[];
  /** All that stands below the heading. */
  readonly text: string;
}

const entryHeading = /^## \[(?<version>[^\]]+)\](?: - (?<date>\S+))?\s*$/;

/**
 * Reads a changelog in the form of Keep a Changelog 1.1.0.
 *
 * @returns the entries in the order of the file, the newest first
 */
export function readChangelog(text: string): readonly ChangelogEntry[] {
  return text
    .split(/^(?=## \[)/m)
    .filter((part) => part.startsWith('## ['))
    .flatMap((part) => {
      const [heading = '', ...lines] = part.split('\n');
      const { version, date } = entryHeading.exec(heading)?.groups ?? {};
      const body = lines.join('\n').trim();
      return version === undefined
        ? []
        : [{ version, sections: sectionsOf(body), text: body, ...(date === undefined ? {} : { date }) }];
    });
}

function sectionsOf(body: string): readonly string[] {
  return body
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [name = '', ...lines] = section.split('\n');
      return lines.join('').trim() === '' ? [] : [name.trim()];
    });
}
