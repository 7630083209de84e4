import { invalidField } from '../apiError.ts';
import { optionalChoice, optionalFlag, optionalNumbers, optionalText, optionalTexts } from '../bodyFields.ts';
import {
  type DetailFields,
  personaDetails,
  personaFlags,
  personaLists,
  personaTexts,
} from './personaDetails.ts';

/** Credits for one custom persona, for every pipeline. */
export const personaCredits = 300;

export const pipelineTypes = ['north_star', 'intermediate', 'advanced'] as const;
export const personaTypes = ['B2B', 'B2C'] as const;

/** What a client may send for a persona; `name` is required on create only. */
export interface PersonaFields extends DetailFields {
  readonly name?: string;
  readonly description?: string;
  readonly pipeline_type?: (typeof pipelineTypes)[number];
  readonly type?: (typeof personaTypes)[number];
}

/** A custom persona in the account. */
export interface Persona {
  readonly id: string;
  readonly createdAtSeconds: number;
  readonly fields: PersonaFields & { readonly name: string };
}

/** The `custom_persona` object of the API reference. */
export interface PersonaObject {
  readonly id: string;
  readonly object: 'custom_persona';
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly pipeline_type: string;
  readonly type: string;
  readonly is_custom: true;
  /** Unix seconds. */
  readonly created_at: number;
  readonly credits_charged: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Reads the documented fields of a request; unknown fields are ignored.
 * GUESS: only `name` is required, because the reference's parameter table was not available; also the defaults of
 * `pipeline_type` and `type`.
 */
export function readPersonaFields(body: Readonly<Record<string, unknown>>): PersonaFields {
  const fields: Record<string, unknown> = {
    name: optionalText(body, 'name', 2, 100),
    description: optionalText(body, 'description'),
    pipeline_type: optionalChoice(body, 'pipeline_type', pipelineTypes),
    type: optionalChoice(body, 'type', personaTypes),
    mcda_weights: optionalNumbers(body, 'mcda_weights'),
  };
  for (const param of personaTexts) {
    fields[param] = optionalText(body, param);
  }
  for (const param of personaLists) {
    fields[param] = optionalTexts(body, param);
  }
  for (const param of personaFlags) {
    fields[param] = optionalFlag(body, param);
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function personaObject({ id, createdAtSeconds, fields }: Persona): PersonaObject {
  const { name, description = '', pipeline_type = 'north_star', type = 'B2B' } = fields;
  return {
    id,
    object: 'custom_persona',
    name,
    category: 'Custom',
    description,
    pipeline_type,
    type,
    is_custom: true,
    created_at: createdAtSeconds,
    credits_charged: personaCredits,
    details: { pipeline_type, persona_type: type, ...personaDetails(fields) },
  };
}

/** Reads a boolean filter such as `is_custom`. */
export function readFlagFilter(query: URLSearchParams, param: string): boolean | undefined {
  const value = query.get(param);
  if (value === null) {
    return undefined;
  }
  if (value !== 'true' && value !== 'false') {
    throw invalidField(param, 'true or false');
  }
  return value === 'true';
}
