import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Finds the process at the other end of a connection over the loopback interface, by Linux's list of sockets.
 *
 * @param port the port of that process's end
 * @returns its process id; `undefined` if none of the processes has it
 */
export function processOfPort(port: number, pids: readonly number[]): number | undefined {
  const inode = inodeOfPort(port);
  return inode === undefined ? undefined : pids.find((pid) => hasSocket(pid, inode));
}

/** Columns of `/proc/net/tcp`: the local address is the second, the inode the tenth. */
function inodeOfPort(port: number): string | undefined {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(file, 'latin1').split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(local) === true && columns[9] !== '0') {
        return columns[9];
      }
    }
  }
  return undefined;
}

function hasSocket(pid: number, inode: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === `socket:[${inode}]`);
  } catch {
    // The process has ended meanwhile.
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
