import { constants } from 'node:fs';
import { access, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { messageOf } from '../../errors.js';

/** The part of a system that explains why a port can't be opened. */
export interface System {
  readonly platform: NodeJS.Platform;
  /** This process, which is not reported. */
  readonly pid: number;
  /** Resolves with the error code of opening a file for reading and writing, or `undefined` if it may be opened. */
  readonly denial: (path: string) => Promise<string | undefined>;
  /** The prefix of `/proc` and `/etc`. */
  readonly root: string;
}

/** A process of the system. */
export interface ProcessName {
  readonly pid: number;
  readonly name: string;
}

export const thisSystem: System = {
  platform: process.platform,
  pid: process.pid,
  root: '',
  denial: (path) =>
    access(path, constants.R_OK | constants.W_OK).then(
      () => undefined,
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? messageOf(error),
    ),
};

/** Lists the running processes, or none if the system does not tell. */
export async function processesOf({ root }: System): Promise<readonly ProcessName[]> {
  const names = await readdir(`${root}/proc`).catch(() => []);
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => named(root, Number(name))));
  return found.flatMap((one) => one ?? []);
}

/** Lists the processes that have a file open, as far as this process may know. */
export async function usersOf(system: System, path: string): Promise<readonly ProcessName[]> {
  const target = await realpath(path).catch(() => path);
  const using = await Promise.all(
    (await processesOf(system)).map(async (one) => ((await hasOpen(system, one.pid, target)) ? [one] : [])),
  );
  return using.flat().filter(({ pid }) => pid !== system.pid);
}

/** Returns the name of a file's group, or its number. */
export async function groupOf({ root }: System, path: string): Promise<string> {
  const { gid } = await stat(path);
  const groups = await readFile(`${root}/etc/group`, 'utf8').catch(() => '');
  const line = groups.split('\n').find((one) => one.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? String(gid);
}

async function named(root: string, pid: number): Promise<ProcessName | undefined> {
  const name = await readFile(`${root}/proc/${pid}/comm`, 'utf8').catch(() => undefined);
  return name === undefined ? undefined : { pid, name: name.trim() };
}

async function hasOpen({ root }: System, pid: number, target: string): Promise<boolean> {
  const folder = `${root}/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return links.includes(target);
}
