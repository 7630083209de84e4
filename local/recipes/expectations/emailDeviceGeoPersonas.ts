import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import type { RecipeExpectation } from '../recipeExpectation.ts';

const file = 'sendgrid/opens.ndjson';
const opens = readFileSync(join(projectRoot, 'examples', file), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line): readonly { readonly useragent: string }[] => JSON.parse(line));
// Of the made-up opens; how real user agents are read is tested elsewhere.
const onPhones = opens.filter(({ useragent }) => /iPhone|Android/.test(useragent)).length;
const hidden = opens.filter(({ useragent }) => /Proxy|^Mozilla\/5\.0$/.test(useragent)).length;

/** Two statistics become one persona, and 200 opens of one single send become one question. */
export const emailDeviceGeoPersonas: RecipeExpectation = {
  recipe: 'email-device-geo-personas',
  pulls: { 'reader-persona': { items: 2, runs: 2 } },
  posts: [file],
  runs: { 'reader-persona': 1, 'single-send-devices': 1 },
  requests: {
    'reader-persona': {
      with: [/By device, of \d+ opens/, /By geo, of \d+ opens/, /Phone 5\d %/, /TX \d+ %/],
    },
    'single-send-devices': {
      with: [`was opened ${opens.length} times`, `phone ${onPhones}, `, `unknown ${hidden}`],
      without: [/@/, /Mozilla/, /\bu_\d/],
    },
  },
};
