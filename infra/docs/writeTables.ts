/** `npm run docs:tables`: writes again what docs and docstrings copy from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../bundling/projectRoot.ts';
import { generatedFiles } from './generatedFiles.ts';

for (const [path, write] of Object.entries(generatedFiles)) {
  const file = join(projectRoot, path);
  const before = readFileSync(file, 'utf8');
  const after = write(before);
  if (after !== before) {
    writeFileSync(file, after);
    console.log(`${path} is written`);
  }
}
