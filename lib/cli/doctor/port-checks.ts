import { type Check, failed, ok, warning } from './check.js';
import { groupOf, processesOf, type System, usersOf } from './system.js';

/** A camera at a port, as far as the system knows it. */
export interface KnownPort {
  readonly path: string;
  readonly board?: string;
  readonly bootloader?: boolean;
}

/** The ports of a system's cameras. */
export interface PortList {
  readonly ports: readonly KnownPort[];
  /** The reason if the system can't list them. */
  readonly unlistable?: string;
}

/** Checks the ports, and whether this program may open them. */
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
    'try a cable that carries data, or another USB port without a hub, and wait until the blue light blinks',
  );
}

async function checksOf({ path, bootloader }: KnownPort, system: System): Promise<readonly Check[]> {
  if (bootloader === true) {
    return [failed(path, 'the camera is in its bootloader', 'unplug it, wait a moment and plug it in again')];
  }
  const denial = await system.denial(path);
  if (denial === 'ENOENT') {
    return [failed(path, 'the port does not exist', 'plug the camera in; "openmv-rx list" shows its port')];
  }
  const users = await usersOf(system, path);
  return [await permission(path, denial, system), ...(users.length > 0 ? [inUse(path, users)] : [])];
}

async function permission(path: string, denial: string | undefined, system: System): Promise<Check> {
  if (denial === undefined) return ok(path, 'this program may open it');
  if (system.platform !== 'linux' || denial !== 'EACCES') {
    return failed(
      path,
      `this program may not open it (${denial})`,
      'give this program access to devices: a container or a sandbox may block it',
    );
  }
  const group = await groupOf(system, path);
  return failed(
    path,
    `this program may not open it (${denial}): it belongs to the group ${group}`,
    `sudo usermod -aG ${group} $USER, then log in again`,
  );
}

function inUse(path: string, users: readonly { readonly pid: number; readonly name: string }[]): Check {
  const words = users.map(({ name, pid }) => `${name} (process ${pid})`).join(', ');
  return failed(path, `it is in use by ${words}`, `end ${users.map(({ name }) => name).join(' and ')}`);
}

/** ModemManager opens each new serial port for some seconds. */
async function modemManager(system: System): Promise<readonly Check[]> {
  if (system.platform !== 'linux') return [];
  const runs = (await processesOf(system)).some(({ name }) => name === 'ModemManager');
  if (!runs) return [ok('ModemManager', 'it is not running')];
  return [
    warning(
      'ModemManager',
      'it is running, and may hold the port for some seconds after the camera is plugged in',
      'wait ten seconds; if that helps: sudo systemctl disable --now ModemManager',
    ),
  ];
}
