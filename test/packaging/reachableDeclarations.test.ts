import { describe, expect, it } from 'vitest';
import { reachableDeclarations } from '../../packaging/reachableDeclarations.ts';

const files: Readonly<Record<string, string>> = {
  'functions/index.d.ts': `export { trigger } from './triggers/trigger.ts';\nexport type { Lookup } from "./lookup.js";`,
  'functions/triggers/trigger.d.ts': `export declare const trigger: import('../schema/json.ts').Json;`,
  'functions/lookup.d.ts': `import * as z from 'zod';\nimport type { trigger } from './triggers/trigger.ts';`,
  'functions/schema/json.d.ts': 'export type Json = string;',
  'functions/receiver.d.ts': 'export {};',
};

describe('the declarations that a user reaches', () => {
  it('are those that entries import, however they import them, and not the others', () => {
    const reached = reachableDeclarations(['functions/index.d.ts'], (file) => files[file] ?? '');
    expect([...reached].sort()).toEqual(
      Object.keys(files)
        .filter((file) => file !== 'functions/receiver.d.ts')
        .sort(),
    );
  });
});
