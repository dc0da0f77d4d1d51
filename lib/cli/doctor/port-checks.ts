import { type Check, failed, ok, warning } from './check.js';
import { groupOf, processesOf, type System, usersOf } from './system.js';

/** A camera at a port, as far as it is known. */
export interface KnownPort {
  readonly path: string;
  readonly board?: string;
  readonly bootloader?: boolean;
}

/** The ports of a system's cameras. */
export interface PortList {
  readonly ports: readonly KnownPort[];
  /** Why they can't be listed. */
  readonly unlistable?: string;
}

/** Looks at the ports, and at what keeps this program from opening them. */
export async function portChecks(
  { ports, unlistable }: PortList,
  asked: string | undefined,
  system: System,
): Promise<readonly Check[]> {
  const chosen = asked === undefined ? ports : [ports.find(({ path }) => path === asked) ?? { path: asked }];
  const each = await Promise.all(chosen.map((port) => checksOf(port, system)));
  return [listCheck(ports, unlistable), ...each.flat(), ...(await modemManager(system))];
}

function listCheck(ports: readonly KnownPort[], unlistable: string | undefined): Check {
  if (unlistable !== undefined) {
    return warning('ports', unlistable, "install udev, or name the camera's port with --port PATH");
  }
  if (ports.length > 0) {
    return ok('ports', ports.map(({ path, board = 'a camera' }) => `${path} (${board})`).join(', '));
  }
  return warning(
    'ports',
    'no camera is plugged in',
    'use a cable that carries data, another USB port, and no hub; wait until its blue light blinks',
  );
}

async function checksOf({ path, bootloader }: KnownPort, system: System): Promise<readonly Check[]> {
  if (bootloader === true) {
    return [failed(path, 'it waits in its bootloader', 'unplug it, wait for a moment and plug it in again')];
  }
  const denial = await system.denial(path);
  if (denial === 'ENOENT') {
    return [failed(path, 'there is no such port', 'plug the camera in; "openmv-rx list" shows its port')];
  }
  const users = await usersOf(system, path);
  return [await permission(path, denial, system), ...(users.length > 0 ? [inUse(path, users)] : [])];
}

async function permission(path: string, denial: string | undefined, system: System): Promise<Check> {
  if (denial === undefined) return ok(path, 'it may be opened');
  if (system.platform !== 'linux' || denial !== 'EACCES') {
    return failed(
      path,
      `it may not be opened (${denial})`,
      'give this program access to devices: a container or a sandbox may keep it',
    );
  }
  const group = await groupOf(system, path);
  return failed(
    path,
    `it may not be opened (${denial}): it belongs to the group ${group}`,
    `sudo usermod -aG ${group} $USER, and log in again`,
  );
}

function inUse(path: string, users: readonly { readonly pid: number; readonly name: string }[]): Check {
  const words = users.map(({ name, pid }) => `${name} (process ${pid})`).join(', ');
  return failed(path, `it is in use by ${words}`, `end ${users.map(({ name }) => name).join(' and ')}`);
}

/** It opens each serial port that is plugged in, for some seconds. */
async function modemManager(system: System): Promise<readonly Check[]> {
  if (system.platform !== 'linux') return [];
  const runs = (await processesOf(system)).some(({ name }) => name === 'ModemManager');
  if (!runs) return [ok('ModemManager', 'it does not run')];
  return [
    warning(
      'ModemManager',
      'it runs, and may hold the port for some seconds after the camera was plugged in',
      'wait for ten seconds; if that helps: sudo systemctl disable --now ModemManager',
    ),
  ];
}
