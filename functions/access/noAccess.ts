import type { Grants } from './grants.ts';

/** Stands for the file `access.ts`, where there is none: each trigger has the access that it declares. */
const noAccess: Grants | undefined = undefined;

export default noAccess;
