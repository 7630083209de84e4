/**
 * The members of a persona's `details`, in the order of the API reference where it was available.
 * Each is a string, a list of strings, an object of weights, or a boolean.
 */
const detailKinds = {
  primary_use_case: 'text',
  buying_stage: 'text',
  decision_role: 'text',
  role_segment: 'list',
  primary_objectives: 'list',
  mcda_weights: 'weights',
  goals: 'list',
  pains: 'list',
  triggers: 'list',
  channels: 'list',
  proof_types: 'list',
  alternatives: 'list',
  win_factors: 'list',
  objections: 'list',
  values: 'list',
  proof_preferences: 'list',
  brand_voice_fit: 'text',
  reading_level: 'text',
  tone_guardrails: 'list',
  role_title: 'text',
  seniority: 'text',
  industry: 'text',
  company_size: 'text',
  tech_stack: 'list',
  budget_authority: 'text',
  procurement_constraints: 'list',
  committee_mapping: 'list',
  life_stage: 'text',
  age_band: 'text',
  income_band: 'text',
  household_context: 'list',
  lifestyle_affinities: 'list',
  purchase_cadence: 'text',
  key_differentiators: 'list',
  regulatory_context: 'list',
  is_localized: 'flag',
  locale_scope: 'text',
  locale_value: 'text',
  local_channels: 'list',
  local_objections: 'list',
  local_keywords: 'list',
} as const;

type DetailKinds = typeof detailKinds;
type DetailValues = {
  readonly text: string;
  readonly list: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
  readonly flag: boolean;
};

export type DetailFields = { readonly [Key in keyof DetailKinds]?: DetailValues[DetailKinds[Key]] };

const emptyValues: DetailValues = { text: '', list: [], weights: {}, flag: false };

export const personaTexts: readonly string[] = namesOf('text');
export const personaLists: readonly string[] = namesOf('list');
export const personaFlags: readonly string[] = namesOf('flag');

function namesOf(kind: keyof DetailValues): readonly string[] {
  return Object.entries(detailKinds).flatMap(([name, itsKind]) => (itsKind === kind ? [name] : []));
}

/** Every documented member, empty where the persona has no value. */
export function personaDetails(fields: DetailFields): Readonly<Record<string, unknown>> {
  const given: Readonly<Record<string, unknown>> = { ...fields };
  return Object.fromEntries(
    Object.entries(detailKinds).map(([name, kind]) => [name, given[name] ?? emptyValues[kind]]),
  );
}
