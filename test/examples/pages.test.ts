import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../infra/bundling/projectRoot.ts';
import packageJson from '../../package.json' with { type: 'json' };

const pages = globSync('{,docs/,docs/recipes/,examples/,examples/*/}*.md', { cwd: projectRoot });
const pictures = globSync('docs/**/*.svg', { cwd: projectRoot });
const read = (page: string): string => readFileSync(join(projectRoot, page), 'utf8');

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  );
}

/** Targets of relative links, e.g. `docs/deploy.md` or `security.md#secrets`. */
function linksOf(page: string): readonly string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The files that a page links to, from the root of the project. */
function targetsOf(page: string): readonly string[] {
  return linksOf(page)
    .map((link) => link.split('#')[0] ?? '')
    .filter((path) => path !== '')
    .map((path) => relative(projectRoot, join(projectRoot, dirname(page), path)))
    .filter((path) => existsSync(join(projectRoot, path)));
}

/** Where a link of a page leads. @returns what is wrong with it, `undefined` for a good one */
function problemOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(projectRoot, join(projectRoot, dirname(page), path));
  if (!existsSync(join(projectRoot, target))) {
    return `${link}: there is no ${target}`;
  }
  return anchor === undefined || anchorsOf(target).has(anchor) ? undefined : `${link}: no such heading`;
}

const folders = 'cli,docs,examples,functions,infra,lab,local,simulators,test';
/** Triggers files that a user may write. */
const filesOfUsers: ReadonlySet<string> = new Set(['mine.ts', 'other.ts']);

/** Code spans that are paths of the project or names of source files, as patterns for a search from its root. */
function pathsOf(page: string): readonly string[] {
  const spans = [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) =>
    code.replace(/:\d[\d-]*$/, ''),
  );
  const isPath = new RegExp(`^(?:${folders.replaceAll(',', '|')})/[^\\s<…]*$`);
  return spans.flatMap((code) => {
    if (/^\w+\.m?ts$/.test(code) && !filesOfUsers.has(code)) {
      return [`{${code},{${folders}}/**/${code}}`];
    }
    return isPath.test(code) ? [code] : [];
  });
}

describe('README and docs', () => {
  it.each(pages)('%s links only to pages and headings that exist', (page) => {
    expect(linksOf(page).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });

  it.each(pages)('%s names only files and folders that exist', (page) => {
    const missing = pathsOf(page).filter((path) => globSync(path, { cwd: projectRoot }).length === 0);
    expect(missing).toEqual([]);
  });

  it.each(pages)('%s gives only npm scripts that exist', (page) => {
    const scripts = [...read(page).matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(scripts.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
  });

  it('lists every page of docs in the README', () => {
    const linked = targetsOf('README.md');
    expect(pages.filter((page) => page.startsWith('docs/') && !linked.includes(page))).toEqual([]);
  });

  it('leads from the README to every page and every picture', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const target of page.endsWith('.md') ? targetsOf(page) : []) {
        reached.add(target);
      }
    }
    expect([...pages, ...pictures].filter((file) => !reached.has(file))).toEqual([]);
  });
});
