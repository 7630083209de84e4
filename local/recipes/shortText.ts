/** A JSON value in short, for people: `name: High value, size: 812, fields: {…}`. Line breaks become spaces. */
export function shortText(value: unknown, maxLength: number): string {
  return clipped(membersText(value).replace(/\s+/g, ' ').trim(), maxLength);
}

/** A text of at most so many characters, which ends in `…` if it was longer. */
export function clipped(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, Math.max(0, maxLength - 1)).trimEnd()}…`;
}

/** A text in lines of at most so many characters, each with an indent; words that are longer are cut. */
export function wrapped(text: string, width: number, indent: string, hangingIndent: string = indent): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = width - (lines.length === 0 ? indent : hangingIndent).length;
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one, index) => `${index === 0 ? indent : hangingIndent}${one}`).join('\n');
}

/** The members of an object without braces; any other value as it is inside of others. */
function membersText(value: unknown): string {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? entriesText(value)
    : innerText(value);
}

function innerText(value: unknown): string {
  if (typeof value === 'number') {
    return value.toLocaleString('en', { maximumFractionDigits: 4 });
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  return Array.isArray(value) ? `[${value.map(innerText).join(', ')}]` : `{${entriesText(value)}}`;
}

function entriesText(value: object): string {
  return Object.entries(value)
    .map(([key, inner]) => `${key}: ${innerText(inner)}`)
    .join(', ');
}
