const mostTicks = 6;

/** Round values from 0 to at least `highest`, evenly spaced: 1, 2 or 5 times a power of ten apart. */
export function niceTicks(highest: number): readonly number[] {
  const top = highest > 0 ? highest : 1;
  const power = 10 ** Math.floor(Math.log10(top / mostTicks));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => top / size <= mostTicks) ?? top;
  const count = Math.ceil(top / step - 1e-9);
  // Ten digits are enough, and without them 3 × 0.1 is 0.30000000000000004.
  return Array.from({ length: count + 1 }, (_none, index) => Number((index * step).toPrecision(10)));
}
