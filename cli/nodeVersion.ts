/** Node.js as Lambda runs it, which `init` also gives to a new app. */
const installed = 'npm install --save-dev node@24';

/**
 * Says what to do if Node.js is too old for a command.
 *
 * @param least the oldest version that runs it, such as `22.12`
 * @returns `undefined` if the version is new enough
 */
export function tooOldNode(command: string, version: string, least: string): string | undefined {
  return isAtLeast(version, least)
    ? undefined
    : `${command} needs Node.js ${least} or later, but this is ${version}. To install it for this folder alone: ` +
        `${installed}. npm scripts and npx then use it.`;
}

function isAtLeast(version: string, least: string): boolean {
  const [major = 0, minor = 0] = numbersOf(version);
  const [leastMajor = 0, leastMinor = 0] = numbersOf(least);
  return major === leastMajor ? minor >= leastMinor : major > leastMajor;
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(Number);
}
