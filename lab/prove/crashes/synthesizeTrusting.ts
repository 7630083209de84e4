import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SynthesizeOptions } from '../../../infra/synthesize.ts';
import { synthesizeWith } from '../../synthesizeWith.ts';

/**
 * Synthesizes the stack with functions that trust a certificate.
 *
 * @param certificate PEM
 */
export async function synthesizeTrusting(certificate: string, options: SynthesizeOptions): Promise<void> {
  const file = join(options.outdir, 'trusted.pem');
  await synthesizeWith(
    ({ timeoutSeconds, variables }) => ({
      timeoutSeconds,
      variables: { ...variables, NODE_EXTRA_CA_CERTS: file },
    }),
    options,
  );
  await writeFile(file, certificate);
}
