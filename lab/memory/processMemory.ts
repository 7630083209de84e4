import { readFileSync, writeFileSync } from 'node:fs';

/** Bytes in a megabyte as Lambda and the kernel count it. */
export const megabyte: number = 1024 ** 2;

/** The resident set of a process, as Linux counts it. */
export interface ProcessMemory {
  /** Now: `VmRSS` of /proc/<pid>/status. */
  readonly residentBytes: number;
  /** The most so far, or since `resetPeak`: `VmHWM` of the same file. */
  readonly peakBytes: number;
}

/** The resident set of a process; `undefined` if it has ended. */
export function processMemory(pid: number | 'self'): ProcessMemory | undefined {
  const status = statusOf(pid);
  const residentBytes = bytesOf(status, 'VmRSS');
  const peakBytes = bytesOf(status, 'VmHWM');
  // A process that has ended, but whose parent has not waited for it yet, has a status without these lines.
  return residentBytes === undefined || peakBytes === undefined ? undefined : { residentBytes, peakBytes };
}

/**
 * The largest resident set that this process ever had, in bytes. Where there is no `/proc`, `process.resourceUsage` says
 * it; on Linux that would count what the parent had when it forked.
 */
export function ownPeakBytes(): number {
  return processMemory('self')?.peakBytes ?? process.resourceUsage().maxRSS * 1024;
}

/** Makes the kernel count the peak of a process from now on: see `clear_refs` in proc(5). */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // It has ended; `processMemory` says so.
  }
}

/** The lines are like `VmHWM:	  104316 kB`. */
function bytesOf(status: string, line: 'VmRSS' | 'VmHWM'): number | undefined {
  const kilobytes = new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function statusOf(pid: number | 'self'): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
