import {
  type AccessEntry,
  accessMatrix,
  declaredGrants,
  problemsOfGrants,
} from '../../functions/access/accessMatrix.ts';
import { cedarPolicies } from '../../functions/access/cedarPolicies.ts';
import { loadAccess } from '../../infra/bundling/loadAccess.ts';
import { formatTable } from '../formatTable.ts';
import { accessProblems } from './check.ts';
import { readTriggers } from './readTriggers.ts';

/** How the access is printed: a table for people, one JSON document, or Cedar policies of what the agents have. */
export type AccessForm = 'table' | 'json' | 'cedar';

/**
 * Prints what each agent needs of each resource, has, and why. Exit code 1 if an agent lacks something, or if the access
 * file names a trigger that does not exist.
 *
 * @throws TriggersFileError
 */
export function showAccess(triggersFile: string, form: AccessForm): void {
  const triggers = readTriggers(triggersFile);
  const grants = loadAccess(triggersFile);
  const entries = accessMatrix(triggers, grants);
  const problems = problemsOfGrants(triggers, grants);
  if (form === 'cedar') {
    console.log(cedarPolicies(grants ?? declaredGrants(triggers)).trimEnd());
  } else if (form === 'json') {
    console.log(JSON.stringify({ hasAccessFile: grants !== undefined, entries, problems }, undefined, 2));
  } else if (entries.length > 0) {
    console.log(formatMatrix(entries));
    console.log(
      grants === undefined
        ? '\nThere is no access.ts beside the triggers file: each trigger and each pull has what it declares.'
        : '\nThere is an access.ts beside the triggers file: what it does not grant is off.',
    );
  }
  if (problems.length > 0) {
    process.exitCode = 1;
    if (form !== 'json') {
      console.error(accessProblems(problems));
    }
  }
}

const columns = ['agent', 'resource', 'needs', 'has', 'why'].map((heading) => ({ heading }));

function formatMatrix(entries: readonly AccessEntry[]): string {
  const rows = entries.map((entry, index) => {
    const { agent, resource, needs, has } = entry;
    const isSame = entries[index - 1]?.agent === agent;
    return [isSame ? '' : agent, resource, needs, has, whyOf(entry)];
  });
  return formatTable(columns, rows);
}

function whyOf({ isEnough, declaredBy, grantedBy, has }: AccessEntry): string {
  const declared = declaredBy.map(({ by, operations }) => `${by} calls ${operations.join(', ')}`).join('; ');
  if (grantedBy === 'declaration') {
    return declared;
  }
  if (declaredBy.length === 0) {
    return 'granted, but not needed';
  }
  return `${isEnough ? 'granted' : has === 'off' ? 'NOT GRANTED' : 'NOT ENOUGH GRANTED'}: ${declared}`;
}
