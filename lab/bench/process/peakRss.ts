import { readFileSync } from 'node:fs';

/**
 * Highest resident set size of this process, in bytes. Linux tells it by itself (`VmHWM`); elsewhere
 * `process.resourceUsage` has to do, which on Linux would count what the parent had when it forked.
 */
export function peakRssBytes(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(processStatus())?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) * 1024;
}

function processStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
