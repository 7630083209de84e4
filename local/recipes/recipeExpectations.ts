import { audienceFocusGroups } from './expectations/audienceFocusGroups.ts';
import { contactPersonas } from './expectations/contactPersonas.ts';
import { emailAbFocusGroups } from './expectations/emailAbFocusGroups.ts';
import { emailDeviceGeoPersonas } from './expectations/emailDeviceGeoPersonas.ts';
import { eventTriggers } from './expectations/eventTriggers.ts';
import { profileTraitPersonas } from './expectations/profileTraitPersonas.ts';
import { segopsRecomputed } from './expectations/segopsRecomputed.ts';
import { unifiedPersona } from './expectations/unifiedPersona.ts';
import type { RecipeExpectation } from './recipeExpectation.ts';

/**
 * What each recipe must come to, in the order in which they are shown. It is computed from the data of the simulators, and not
 * from what came out. The names of triggers differ between all recipes.
 */
export const recipeExpectations: readonly RecipeExpectation[] = [
  audienceFocusGroups,
  profileTraitPersonas,
  eventTriggers,
  unifiedPersona,
  emailDeviceGeoPersonas,
  emailAbFocusGroups,
  contactPersonas,
  segopsRecomputed,
];
