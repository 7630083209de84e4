import { shown } from '../../triggers/shown.ts';
import { type FieldSketch, numberOf, quantileOf } from './fieldSketch.ts';

/** Numbers of a range, or of the largest or smallest share of all people. */
export interface NumberRule {
  /** This number or more. */
  readonly from?: number;
  /** Less than this number. */
  readonly below?: number;
  /** The largest share of the numbers, such as 0.25; all people are then read twice. */
  readonly top?: number;
  /** The smallest share of the numbers. */
  readonly bottom?: number;
}

/** One of these values as they are, also among several that a person has; or a number by a rule. */
export type ClusterRule = readonly (string | number | boolean)[] | NumberRule;

/** By the name of the cluster: the rules that a person has to meet, all of them, by field. */
export type Clusters = Readonly<Record<string, Readonly<Record<string, ClusterRule>>>>;

/** The cluster of a person. */
export interface Cluster {
  readonly name: string;
  /** Its rules in words, for prompts; empty of those that no rule names. */
  readonly explanation: string;
}

/** Quantiles of fields, by {@link quantileKey}. */
export type Quantiles = Readonly<Record<string, number>>;

/** A named way to divide people. */
export interface Clustering {
  /** The fields that its rules read. */
  readonly fields: readonly string[];
  /** The quantiles that its rules need. */
  readonly quantiles: readonly { readonly field: string; readonly share: number }[];
  /** The cluster of a person: the first one whose rules they meet. */
  clusterOf(read: (field: string) => unknown, quantiles?: Quantiles): Cluster;
}

const ruleFields = ['from', 'below', 'top', 'bottom'] as const;

/** Names a quantile. */
export function quantileKey(field: string, share: number): string {
  return `${share} ${field}`;
}

/** The quantiles that a clustering needs, from what is known of all people. */
export function quantilesFrom(
  { quantiles }: Clustering,
  sketches: ReadonlyMap<string, FieldSketch>,
): Quantiles {
  return Object.fromEntries(
    quantiles.flatMap(({ field, share }) => {
      const sketch = sketches.get(field);
      const value = sketch === undefined ? undefined : quantileOf(sketch, share);
      return value === undefined ? [] : [[quantileKey(field, share), value]];
    }),
  );
}

/**
 * Divides people into named clusters. The first cluster whose rules a person meets is theirs.
 *
 * @param otherwise name of the cluster of all others. @default 'other'
 * @throws RangeError for a rule that cannot be used
 * @example
 * clusterBy({
 *   new: { days_since_signup: { below: 30 } },
 *   at_risk: { ltv: { from: 1_000 }, days_since_order: { from: 90 } },
 *   high_value: { ltv: { top: 0.25 } },
 *   growth: { plan: ['pro', 'team'] },
 * })
 */
export function clusterBy(clusters: Clusters, otherwise?: string): Clustering {
  const rules = Object.entries(clusters ?? {}).map(([name, byField]) => {
    const fields = Object.entries(byField ?? {});
    if (fields.length === 0) {
      throw new RangeError(
        `clusterBy: ${name}: it has no rules, so that everybody would be in it; name the cluster of all others after the rules: clusterBy({ … }, '${name}')`,
      );
    }
    for (const [field, rule] of fields) {
      checkRule(`${name}.${field}`, rule);
    }
    return { name, fields };
  });
  if (rules.length === 0 && otherwise === undefined) {
    throw new RangeError(
      "clusterBy: there are no clusters; name the group of everybody: clusterBy({}, 'everybody')",
    );
  }
  const all = rules.flatMap(({ fields }) => fields);
  return {
    fields: [...new Set(all.map(([field]) => field))],
    quantiles: all.flatMap(([field, rule]) => sharesOf(rule).map((share) => ({ field, share }))),
    clusterOf: (read, quantiles = {}) => {
      const met = rules.find(({ fields }) =>
        fields.every(([field, rule]) => meets(read(field), rule, field, quantiles)),
      );
      return met === undefined
        ? { name: otherwise ?? 'other', explanation: '' }
        : {
            name: met.name,
            explanation: met.fields.map(([field, rule]) => explain(field, rule, quantiles)).join('; '),
          };
    },
  };
}

function isNumberRule(rule: ClusterRule): rule is NumberRule {
  return !Array.isArray(rule);
}

/** The shares of people below the quantiles that a rule needs. */
function sharesOf(rule: ClusterRule): readonly number[] {
  if (!isNumberRule(rule)) {
    return [];
  }
  return [
    ...(rule.top === undefined ? [] : [1 - rule.top]),
    ...(rule.bottom === undefined ? [] : [rule.bottom]),
  ];
}

function meets(value: unknown, rule: ClusterRule, field: string, quantiles: Quantiles): boolean {
  if (!isNumberRule(rule)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    // CSV has texts only.
    return rule.some((one) => values.some((each) => String(one) === String(each)));
  }
  const number = numberOf(value);
  if (number === undefined) {
    return false;
  }
  const { from, below, top, bottom } = rule;
  const least = top === undefined ? undefined : quantiles[quantileKey(field, 1 - top)];
  const most = bottom === undefined ? undefined : quantiles[quantileKey(field, bottom)];
  return (
    (from === undefined || number >= from) &&
    (below === undefined || number < below) &&
    (top === undefined || (least !== undefined && number >= least)) &&
    (bottom === undefined || (most !== undefined && number <= most))
  );
}

function explain(field: string, rule: ClusterRule, quantiles: Quantiles): string {
  if (!isNumberRule(rule)) {
    return `${field} ${rule.join(' or ')}`;
  }
  const { from, below, top, bottom } = rule;
  const parts = [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(top === undefined
      ? []
      : [`in the top ${percent(top)} (from ${quantiles[quantileKey(field, 1 - top)]})`]),
    ...(bottom === undefined
      ? []
      : [`in the bottom ${percent(bottom)} (up to ${quantiles[quantileKey(field, bottom)]})`]),
  ];
  return `${field} ${parts.join(', ')}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

function checkRule(where: string, rule: ClusterRule): void {
  if (!isNumberRule(rule)) {
    if (rule.length === 0) {
      throw new RangeError(
        `clusterBy: ${where}: the list has no values, so that nobody would be in the cluster`,
      );
    }
    return;
  }
  // A triggers file need not be TypeScript that compiles.
  const entries = Object.entries(rule ?? {});
  const isRule =
    entries.length > 0 &&
    entries.every(([name, value]) => ruleFields.some((known) => known === name) && Number.isFinite(value));
  if (!isRule || sharesOf(rule).some((share) => !(share > 0 && share < 1))) {
    throw new RangeError(
      `clusterBy: ${where}: expected a list of values, or numbers from, below, top and bottom (shares between 0 and 1); got ${shown(rule)}`,
    );
  }
}
