/** Settings as the Public API shows them: a secret is bullets and its last four characters. Source: a public export. */
export function maskSecret(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { sharedSecret } = settings;
  return typeof sharedSecret === 'string' && sharedSecret !== ''
    ? { ...settings, sharedSecret: `${'•'.repeat(10)}${sharedSecret.slice(-4)}` }
    : { ...settings };
}
