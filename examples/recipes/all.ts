import { defineTriggers } from 'mavera-triggers';
import audienceFocusGroups from './audience-focus-groups.ts';
import contactPersonas from './contact-personas.ts';
import emailAbFocusGroups from './email-ab-focus-groups.ts';
import emailDeviceGeoPersonas from './email-device-geo-personas.ts';
import eventTriggers from './event-triggers.ts';
import profileTraitPersonas from './profile-trait-personas.ts';
import segopsRecomputed from './segops-recomputed.ts';
import unifiedPersona from './unified-persona.ts';

/** All recipes in one file: `npm start -- --recipes` runs it. Join those that you want in the same way. */
export default defineTriggers([
  ...audienceFocusGroups,
  ...profileTraitPersonas,
  ...eventTriggers,
  ...unifiedPersona,
  ...emailDeviceGeoPersonas,
  ...emailAbFocusGroups,
  ...contactPersonas,
  ...segopsRecomputed,
]);
