import { describeSetting, settingNames } from '../settings/settingsSchema.ts';

const maxLineLength = 110;

/** A docstring and the prop below it. */
const documentedProp = /^ {2}\/\*\*(?:(?!\*\/).)*\*\/\n(?= {2}readonly (\w+)\?:)/gms;

/** Writes the docstrings of those props of `MaveraTriggersProps` that are settings. */
export function withPropsDocstrings(source: string): string {
  return source.replaceAll(documentedProp, (docstring: string, prop: string) => {
    const name = settingNames.find((setting) => setting === prop);
    return name === undefined ? docstring : docstringOf(describeSetting(name));
  });
}

function docstringOf({ meaning, bounds, byDefault }: ReturnType<typeof describeSetting>): string {
  const text = bounds === undefined ? meaning : `${meaning} Accepted: ${bounds}.`;
  const lines = [...wrapped(text), `@default ${byDefault}`];
  return ['  /**', ...lines.map((line) => `   * ${line}`), '   */', ''].join('\n');
}

function wrapped(text: string): readonly string[] {
  const maxTextLength = maxLineLength - '   * '.length;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length === 0 || longer.length > maxTextLength) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = longer;
    }
  }
  return lines;
}
