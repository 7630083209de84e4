#!/usr/bin/env node
/**
 * `mavera-triggers <command>`: the command of the npm package. It imports a command only when it is named, so that an older
 * Node.js, which may not even parse the others, still reads this file and says what is missing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closestName } from '../functions/triggers/closestName.ts';
import { projectRoot } from '../infra/bundling/projectRoot.ts';
import { tooOldNode } from './nodeVersion.ts';

interface Subcommand {
  readonly does: string;
  /** The oldest Node.js that runs it. */
  readonly node: string;
  /** Runs the program with `process.argv`. */
  readonly run: () => Promise<unknown>;
}

/** A module of ours is loaded with `require`, which older versions cannot. */
const anyNode = '22.12';
/** The functions run here as in Lambda, whose Node.js is 24. */
const lambdaNode = '24.0';

/** What a newcomer may have: the app that `init` makes brings a newer one for its own commands. */
const newcomersNode = '20.0';

const subcommands: Readonly<Record<string, Subcommand>> = {
  init: {
    does: 'make an app: triggers, example events, a test and a CDK app',
    node: newcomersNode,
    run: () => import('./init.ts'),
  },
  triggers: {
    does: 'check the triggers file, and show what it would do',
    node: anyNode,
    run: () => import('./triggers.ts'),
  },
  start: {
    does: 'run the whole flow once on this machine, and show what happened',
    node: lambdaNode,
    run: () => import('../local/start.ts'),
  },
  dev: {
    does: 'run the system on this machine until Ctrl-C',
    node: lambdaNode,
    run: () => import('../local/dev.ts'),
  },
  connect: {
    does: 'connect Segment, SendGrid or SegOps to a running system',
    node: anyNode,
    run: () => import('./connect.ts'),
  },
  ops: {
    does: 'show and steer a running system',
    node: anyNode,
    run: () => import('./ops.ts'),
  },
};

/** That of a wrong command line. */
const usageExitCode = 2;

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
  console.log(helpText());
} else if (name === '--version' || name === '-V') {
  console.log(version());
} else {
  await runSubcommand(name, rest);
}

async function runSubcommand(named: string, options: readonly string[]): Promise<void> {
  const subcommand = Object.hasOwn(subcommands, named) ? subcommands[named] : undefined;
  if (subcommand === undefined) {
    fail(unknownCommand(named));
    return;
  }
  const tooOld = tooOldNode(`mavera-triggers ${named}`, process.versions.node, subcommand.node);
  if (tooOld !== undefined) {
    fail(tooOld);
    return;
  }
  process.argv.splice(2, process.argv.length, ...options);
  await subcommand.run();
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = usageExitCode;
}

function unknownCommand(named: string): string {
  const closest = closestName(named, Object.keys(subcommands));
  const suggestion = closest === undefined ? '' : ` (did you mean ${closest}?)`;
  return `There is no command ${JSON.stringify(named)}${suggestion}; the commands are ${Object.keys(subcommands).join(', ')}.`;
}

function helpText(): string {
  const lines = Object.entries(subcommands).map(([command, { does }]) => `  ${command.padEnd(9)} ${does}`);
  return `Usage: npx mavera-triggers <command> [options]

Turns customer events of Segment, SendGrid and SegOps into Mavera research, on AWS.

Commands:
${lines.join('\n')}

Options:
  --version  show the version
  --help     show this; after a command, show its options`;
}

function version(): string {
  const { version: current } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return current;
}
