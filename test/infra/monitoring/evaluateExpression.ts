/** Values of one period by the ids of the metrics; `undefined` where there is no data. */
export type PeriodValues = Readonly<Record<string, number | undefined>>;

/**
 * The value of CloudWatch's metric math for one period. It knows what our expressions use: arithmetic, comparisons,
 * `AND`, `OR`, `IF` and `FILL`. Whatever is computed from a missing value is missing as well.
 *
 * @returns `undefined` where there is no data
 */
export function evaluateExpression(expression: string, values: PeriodValues): number | undefined {
  const code = expression
    .replaceAll(' OR ', ' || ')
    .replaceAll(' AND ', ' && ')
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
