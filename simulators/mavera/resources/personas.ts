import type { ApiAnswer } from '../../http/reply.ts';
import type { Account } from '../account.ts';
import { ApiError, missingField, notFound } from '../apiError.ts';
import { cutPage } from '../page.ts';
import type { ApiRequest, Route } from '../route.ts';
import { globalPersonas, type ListedPersona } from './globalPersonas.ts';
import { type Persona, personaCredits, personaObject, readFlagFilter, readPersonaFields } from './persona.ts';

/**
 * Custom personas, and the list with Mavera's own ones.
 *
 * Source: API reference, "Create a custom persona", "List available personas", "Update a custom persona".
 * GUESS: the names of the list's filters, and GET and DELETE of one persona, which the reference does not show.
 */
export const personaRoutes: readonly Route[] = [
  { method: 'POST', path: '/personas', handle: createPersona },
  { method: 'GET', path: '/personas', handle: listPersonas },
  { method: 'GET', path: '/personas/:id', handle: getPersona },
  { method: 'PATCH', path: '/personas/:id', handle: updatePersona },
  { method: 'DELETE', path: '/personas/:id', handle: deletePersona },
];

async function createPersona({ body, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  const fields = readPersonaFields(body);
  const { name } = fields;
  if (name === undefined) {
    throw missingField('name');
  }
  account.credits.charge(personaCredits);
  await takeTime('personas');
  const persona: Persona = {
    id: account.newId(),
    createdAtSeconds: Math.floor(account.now() / 1000),
    fields: { ...fields, name },
  };
  account.personas.set(persona.id, persona);
  return { status: 201, body: personaObject(persona) };
}

async function listPersonas({ query, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const isCustom = readFlagFilter(query, 'is_custom');
  const category = query.get('category');
  const search = query.get('search')?.toLowerCase();
  const newestFirst = [...account.personas.values()].reverse().map(listedPersona);
  const found = [...newestFirst, ...globalPersonas].filter(
    (persona) =>
      (isCustom === undefined || persona.is_custom === isCustom) &&
      (category === null || persona.category === category) &&
      (search === undefined || `${persona.name}\n${persona.description}`.toLowerCase().includes(search)),
  );
  return { status: 200, body: cutPage(found, query) };
}

async function getPersona({ params, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('reads');
  const ours = globalPersonas.find((persona) => persona.id === params.id);
  return { status: 200, body: ours ?? personaObject(findCustom(params.id, account)) };
}

async function updatePersona({ params, body, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  const changes = readPersonaFields(body);
  findCustom(params.id, account);
  await takeTime('personas');
  const persona = findCustom(params.id, account);
  const changed: Persona = { ...persona, fields: { ...persona.fields, ...changes } };
  account.personas.set(changed.id, changed);
  return { status: 200, body: personaObject(changed) };
}

async function deletePersona({ params, takeTime }: ApiRequest, account: Account): Promise<ApiAnswer> {
  await takeTime('personas');
  const { id } = findCustom(params.id, account);
  account.personas.delete(id);
  return { status: 200, body: { id, object: 'custom_persona', deleted: true } };
}

function findCustom(id: string | undefined, account: Account): Persona {
  const persona = account.personas.get(id ?? '');
  if (persona !== undefined) {
    return persona;
  }
  if (globalPersonas.some((global) => global.id === id)) {
    throw new ApiError('forbidden', { message: 'Only custom personas can be changed.' });
  }
  throw notFound('The persona');
}

function listedPersona(persona: Persona): ListedPersona {
  const { id, name, category, description, created_at } = personaObject(persona);
  return {
    id,
    object: 'persona',
    name,
    category,
    description,
    is_custom: true,
    is_expert: false,
    created_at,
  };
}
