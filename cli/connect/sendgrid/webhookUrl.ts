/** Where a source posts to, without a route. */
export function sourceUrl(segmentUrl: string, source: 'sendgrid' | 'segops'): string {
  return segmentUrl.replace(/\/segment$/, `/${source}`);
}

/**
 * The route that a URL is of, as the receiver reads it; `undefined` if it is of another system.
 *
 * @param baseUrl the URL without a route, `https://…/sendgrid`
 * @example routeOf('https://x.example/sendgrid/clicks/', 'https://x.example/sendgrid') // 'clicks'
 */
export function routeOf(url: string, baseUrl: string): string | undefined {
  const [parsed, base] = [URL.parse(url), URL.parse(baseUrl)];
  if (parsed === null || base === null || parsed.host !== base.host) {
    return undefined;
  }
  const [path, basePath] = [parsed.pathname.replace(/\/$/, ''), base.pathname.replace(/\/$/, '')];
  if (path === basePath) {
    return 'default';
  }
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length + 1) : undefined;
}
