/** The configuration cannot be used; the message is a sentence or two for the person who deploys. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
