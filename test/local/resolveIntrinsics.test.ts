// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the placeholders of Fn::Sub
import { describe, expect, it } from 'vitest';
import { LocalSystemError } from '../../local/localSystemError.ts';
import { pseudoParameters } from '../../local/template/pseudoParameters.ts';
import { inDependencyOrder } from '../../local/template/references.ts';
import { resolveIntrinsics } from '../../local/template/resolveIntrinsics.ts';

const context = {
  logicalId: 'Receiver',
  pseudoParameters: pseudoParameters('MaveraTriggers'),
  resources: new Map([
    [
      'Queue',
      { ref: 'http://127.0.0.1:1/000000000000/runs', attributes: { Arn: 'arn:queue', QueueName: 'runs' } },
    ],
    ['Table', { ref: 'ledger', attributes: { Arn: 'arn:table' } }],
  ]),
};

const resolve = (value: unknown): unknown => resolveIntrinsics(value, context);

describe('intrinsic functions of a template', () => {
  it.each([
    ['Ref of a resource', { Ref: 'Table' }, 'ledger'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Fn::GetAtt with a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    ['Fn::GetAtt with a string', { 'Fn::GetAtt': 'Queue.QueueName' }, 'runs'],
    ['Fn::Join', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Table', 'Arn'] }, '/index/*']] }, 'arn:table/index/*'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Table} ${Queue.Arn} ${AWS::AccountId} ${!kept}' },
      'ledger arn:queue 000000000000 ${kept}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${name}!', { name: { Ref: 'Table' } }] }, 'ledger!'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [2, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    ['AWS::NoValue in an object', { kept: 1, dropped: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['AWS::NoValue in a list', ['kept', { Ref: 'AWS::NoValue' }], ['kept']],
    ['anything else', { a: [1, true, null, { b: 'c' }] }, { a: [1, true, null, { b: 'c' }] }],
  ])('resolves %s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it.each([
    [
      'an unknown function',
      { 'Fn::ImportValue': 'x' },
      'Receiver: the local system does not know Fn::ImportValue',
    ],
    [
      'a missing resource',
      { Ref: 'Nothing' },
      'Receiver refers to Nothing, which the local system does not have',
    ],
    [
      'a missing attribute',
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      'Receiver asks for the attribute StreamArn of Table, which the local system does not have',
    ],
  ])('refuses %s in one sentence that names the resource', (_, value, message) => {
    expect(() => resolve(value)).toThrow(new LocalSystemError(message));
  });
});

describe('the order of creation', () => {
  it('puts a resource after those that it refers to, by any function', () => {
    const resources = [
      {
        logicalId: 'Queue',
        properties: { RedrivePolicy: { target: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } },
      },
      { logicalId: 'Topic', properties: { name: { 'Fn::Sub': 'x-${Queue.QueueName}' } } },
      { logicalId: 'DeadLetters', properties: {} },
    ];
    expect(inDependencyOrder(resources).map(({ logicalId }) => logicalId)).toEqual([
      'DeadLetters',
      'Queue',
      'Topic',
    ]);
  });

  it('refuses a circle', () => {
    const resources = [
      { logicalId: 'A', properties: { Ref: 'B' } },
      { logicalId: 'B', properties: { Ref: 'A' } },
    ];
    expect(() => inDependencyOrder(resources)).toThrow(
      'resources refer to each other in a circle: A → B → A',
    );
  });
});
