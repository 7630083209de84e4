/** Values of one period by the ids of their metrics; `undefined` where there is no data. */
export type PeriodValues = Readonly<Record<string, number | undefined>>;

/**
 * What CloudWatch's metric math comes to for one period, as far as our expressions go: arithmetic, comparisons, `OR`,
 * `IF` and `FILL`. A value that is missing makes all missing that is reckoned with it.
 *
 * @returns `undefined` where there is no data
 */
export function evaluateExpression(expression: string, values: PeriodValues): number | undefined {
  const code = expression
    .replaceAll(' OR ', ' || ')
    .replaceAll(/\bIF\b/g, 'choose')
    .replaceAll('FILL', 'fill');
  const ids = [...new Set(code.match(/\b[a-z]\w*\b/g) ?? [])].filter(
    (id) => id !== 'choose' && id !== 'fill',
  );
  const choose = (condition: unknown, then: unknown, otherwise: unknown): unknown =>
    condition ? then : otherwise;
  const fill = (value: unknown, instead: unknown): unknown => value ?? instead;
  const evaluate = new Function('choose', 'fill', ...ids, `return Number(${code});`);
  const result = evaluate(choose, fill, ...ids.map((id) => values[id])) as number;
  return Number.isNaN(result) ? undefined : result;
}
