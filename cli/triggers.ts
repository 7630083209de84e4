import { Command, Option } from 'commander';
import { type SourceName, sourceNames } from '../functions/sources/source.ts';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { InvalidEventsError } from '../simulators/segment/readEvents.ts';
import { runProgram } from './runProgram.ts';
import { showAccess } from './triggers/access.ts';
import { checkTriggers } from './triggers/check.ts';
import { dryRun } from './triggers/dryRun/dryRun.ts';
import { GivenValueError } from './triggers/dryRun/givenValues.ts';
import { printMappings } from './triggers/printMappings.ts';

interface DryRunFlags {
  readonly source?: SourceName;
  readonly route: string;
  readonly userIdArgument: string;
  readonly lookup: readonly string[];
  readonly result: readonly string[];
  readonly json?: true;
}

/** Takes the values of an option that may be repeated. */
function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

const program = new Command('triggers')
  .description('Checks the triggers file and shows what it would do. Makes no calls.')
  .option('--triggers <file>', 'the triggers file', process.env.TRIGGERS ?? 'triggers.ts')
  .showHelpAfterError('(add --help to see how it is used)');

program
  .command('check')
  .description(
    'Checks the triggers file: types of fields, names, filters that Segment would misread or that never match, ' +
      'and whether access.ts grants what the triggers need.',
  )
  .argument('[file]', 'the triggers file; the same as --triggers <file>')
  .action((file: string | undefined) => {
    checkTriggers(file ?? program.opts<{ triggers: string }>().triggers);
  });

program
  .command('access')
  .description('Shows what each trigger needs of each system, what it has, and why.')
  .argument('[file]', 'the triggers file, as --triggers gives it; access.ts is read beside it')
  .addOption(new Option('--json', 'one JSON document, for programs').conflicts('cedar'))
  .option('--cedar', 'what each trigger has, as policies of the Cedar language')
  .addHelpText(
    'after',
    '\nExamples:\n  npm run triggers -- access\n  npm run triggers -- access --json\n  npm run triggers -- access --cedar',
  )
  .action((file: string | undefined, { json, cedar }: { json?: true; cedar?: true }) => {
    const form = json === true ? 'json' : cedar === true ? 'cedar' : 'table';
    showAccess(file ?? program.opts<{ triggers: string }>().triggers, form);
  });

program
  .command('mappings')
  .description(
    'Prints the filter of each mapping, to paste into Segment. `npm run connect` does this for you.',
  )
  .argument('[file]', 'the triggers file, as --triggers gives it')
  .action((file: string | undefined) => {
    printMappings(file ?? program.opts<{ triggers: string }>().triggers);
  });

program
  .command('dry-run')
  .description(
    'Shows which triggers the events of NDJSON files would start, the exact Mavera requests and their credits, what would be ' +
      'looked up first, and which triggers would follow.',
  )
  .argument('<files...>', 'NDJSON files or globs; each line is an event, or an array of events (a batch)')
  .addOption(
    new Option('--source <source>', 'who posts the events (default: told by their shape)').choices(
      sourceNames,
    ),
  )
  .option('--route <route>', 'the route by which the events arrive (/<source>/<route>)', 'default')
  .option('--user-id-argument <name>', "the custom argument with the user's id, for SendGrid", 'user_id')
  .option(
    '--lookup <name=file>',
    'a JSON file with what a lookup gives, null for nothing; <trigger>.<name>=<file> for one trigger; may be repeated',
    append,
    [],
  )
  .option(
    '--result <trigger=file>',
    'a JSON file with the result that is followed or reported (default: an example of its type); may be repeated',
    append,
    [],
  )
  .option('--json', 'one JSON object a line, for programs')
  .addHelpText(
    'after',
    `
Examples:
  npm run triggers -- dry-run examples/*.ndjson
  npm run triggers -- dry-run examples/sendgrid/*.ndjson --triggers mine.ts
  npm run triggers -- dry-run events.ndjson --lookup profile=profile.json --result vip-left=answer.json`,
  )
  .action(async (files: string[], { lookup, result, json, ...options }: DryRunFlags) => {
    const { triggers } = program.opts<{ triggers: string }>();
    await dryRun({
      ...options,
      triggersFile: triggers,
      files,
      lookups: lookup,
      results: result,
      json: json === true,
    });
  });

await runProgram(program, [TriggersFileError, InvalidEventsError, GivenValueError]);
