import { Command } from 'commander';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { InvalidEventsError } from '../simulators/segment/readEvents.ts';
import { runProgram } from './runProgram.ts';
import { showAccess } from './triggers/access.ts';
import { checkTriggers } from './triggers/check.ts';
import { dryRun } from './triggers/dryRun.ts';
import { printMappings } from './triggers/printMappings.ts';

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
  .option('--json', 'one JSON document, for programs')
  .addHelpText('after', '\nExamples:\n  npm run triggers -- access\n  npm run triggers -- access --json')
  .action((file: string | undefined, options: { json?: true }) => {
    showAccess(file ?? program.opts<{ triggers: string }>().triggers, options.json === true);
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
    'Shows which triggers the events of NDJSON files would start, the exact Mavera requests and their credits.',
  )
  .argument('<files...>', 'NDJSON files or globs; each line is an event, or an array of events (a batch)')
  .option('--route <route>', 'the route by which the events arrive (/segment/<route>)', 'default')
  .option('--json', 'one JSON object a line, for programs')
  .addHelpText('after', '\nExample:\n  npm run triggers -- dry-run examples/*.ndjson')
  .action(async (files: string[], options: { route: string; json?: true }) => {
    const { triggers } = program.opts<{ triggers: string }>();
    await dryRun({ triggersFile: triggers, files, route: options.route, json: options.json === true });
  });

await runProgram(program, [TriggersFileError, InvalidEventsError]);
