import { App, Stack } from 'aws-cdk-lib/core';
import { MaveraTriggers } from 'mavera-triggers/cdk';

const stack = new Stack(new App(), 'CustomerResearch');
new MaveraTriggers(stack, 'MaveraTriggers', {
  triggersFile: '../../triggers.ts',
  maveraTier: 'professional',
});
