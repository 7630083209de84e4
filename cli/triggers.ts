import { Command, Option } from 'commander';
import { type SourceName, sourceNames } from '../functions/sources/source.ts';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { InvalidEventsError } from '../simulators/segment/readEvents.ts';
import { commandName } from './commandName.ts';
import { countFrom } from './ops/options/count.ts';
import { runProgram } from './runProgram.ts';
import { showAccess } from './triggers/access.ts';
import { checkTriggers } from './triggers/check.ts';
import { dryRun } from './triggers/dryRun/dryRun.ts';
import { GivenValueError } from './triggers/dryRun/givenValues.ts';
import { dryRunPull } from './triggers/dryRun/pull/dryRunPull.ts';
import { printMappings } from './triggers/printMappings.ts';

interface DryRunFlags {
  readonly source?: SourceName;
  readonly route: string;
  readonly userIdArgument: string;
  readonly lookup: readonly string[];
  readonly result: readonly string[];
  readonly json?: true;
  readonly pull?: string;
  readonly items: number;
  readonly maxWait: number;
  readonly answer: readonly string[];
}

/** Takes the values of an option that may be repeated. */
function append(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

const program = new Command(commandName('triggers'))
  .description(
    'Checks the triggers file and shows what it would do. Only `dry-run --pull` makes calls, and those only read.',
  )
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
      'looked up first, and which triggers would follow. With --pull the events are those that a pull finds: it reads the ' +
      'real system, and writes nothing.',
  )
  .argument('[files...]', 'NDJSON files or globs; each line is an event, or an array of events (a batch)')
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
  .option('--pull <trigger>', 'take the steps of this pull instead of reading files')
  .option('--items <count>', 'with --pull: how many items at most', countFrom(1, 100_000), 5)
  .option('--max-wait <seconds>', 'with --pull: how long it waits at most', countFrom(0, 86_400), 60)
  .option(
    '--answer <operation=file>',
    'with --pull: a JSON file with the answer of an operation, which is then not called; may be repeated',
    append,
    [],
  )
  .option('--json', 'one JSON object a line, for programs')
  .addHelpText(
    'after',
    `
--pull takes credentials from the environment: SEGMENT_API_TOKEN, SEGMENT_PROFILES_TOKEN, SENDGRID_API_KEY and SEGOPS_API_KEY,
with SEGMENT_API_URL, SEGMENT_PROFILES_URL, SENDGRID_BASE_URL and SEGOPS_BASE_URL for other places; files of S3 are read with
your AWS credentials. It needs no deployment and no Mavera.

Examples:
  npm run triggers -- dry-run examples/*.ndjson
  npm run triggers -- dry-run --pull audience-persona --items 3
  npm run triggers -- dry-run examples/sendgrid/*.ndjson --triggers mine.ts
  npm run triggers -- dry-run events.ndjson --lookup profile=profile.json --result vip-left=answer.json`,
  )
  .action(async (files: string[], flags: DryRunFlags, command: Command) => {
    const { lookup: lookups, result: results, pull, items, maxWait: maxWaitSeconds, answer: answers } = flags;
    const triggersFile = program.opts<{ triggers: string }>().triggers;
    const common = { triggersFile, lookups, results, json: flags.json === true };
    if (pull !== undefined && files.length === 0) {
      await dryRunPull({ ...common, pull, items, maxWaitSeconds, answers }, process.env);
    } else if (pull === undefined && files.length > 0) {
      const { route, source, userIdArgument } = flags;
      await dryRun({ ...common, files, route, source, userIdArgument });
    } else {
      command.error('error: give either files with events, or --pull <trigger>');
    }
  });

await runProgram(program, [TriggersFileError, InvalidEventsError, GivenValueError]);
