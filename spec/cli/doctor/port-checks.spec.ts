import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkText } from '../../../lib/cli/doctor/check.js';
import { portChecks } from '../../../lib/cli/doctor/port-checks.js';
import { thisSystem, type System, usersOf } from '../../../lib/cli/doctor/system.js';

let root: string;
let port: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'doctor-')));
  port = join(root, 'ttyACM0');
  writeFileSync(port, '');
  mkdirSync(join(root, 'proc'));
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc', 'group'), `root:x:99999:\ndialout:x:${statSync(port).gid}:me\n`);
});
afterEach(() => rmSync(root, { recursive: true }));

/** A system with these processes, each with these files open, on which ports are denied for this reason. */
function system(processes: Record<string, readonly string[]> = {}, denied?: string): System {
  Object.entries(processes).forEach(([name, files], index) => {
    const folder = join(root, 'proc', String(100 + index));
    mkdirSync(join(folder, 'fd'), { recursive: true });
    writeFileSync(join(folder, 'comm'), `${name}\n`);
    files.forEach((file, fd) => symlinkSync(file, join(folder, 'fd', String(fd))));
  });
  return { platform: 'linux', pid: 1, root, denial: () => Promise.resolve(denied) };
}
const board = { board: 'OpenMV Cam H7' };
const checksOf = (on: System, asked?: string) => portChecks({ ports: [{ path: port, ...board }] }, asked, on);

describe('the checks of ports', () => {
  it('list the ports, and whether they may be opened', async () => {
    expect(await checksOf(system())).toEqual([
      { check: 'ports', state: 'ok', found: `${port} (OpenMV Cam H7)` },
      { check: port, state: 'ok', found: 'this program may open it' },
      { check: 'ModemManager', state: 'ok', found: 'it is not running' },
    ]);
  });

  it("give advice if there are no ports or they can't be listed", async () => {
    const [none] = await portChecks({ ports: [] }, undefined, system());
    expect(none).toMatchObject({
      check: 'ports',
      state: 'warning',
      advice: expect.stringContaining('cable') as string,
    });
    const [unlistable] = await portChecks({ ports: [], unlistable: 'no udevadm' }, port, system());
    expect(unlistable).toMatchObject({ state: 'warning', found: 'no udevadm' });
  });

  it('name the group that the user must be in', async () => {
    const [, check] = await checksOf(system({}, 'EACCES'));
    expect(check).toMatchObject({
      state: 'failed',
      found: 'this program may not open it (EACCES): it belongs to the group dialout',
      advice: 'sudo usermod -aG dialout $USER, then log in again',
    });
    expect((await checksOf(system({}, 'EPERM')))[1]).toMatchObject({
      state: 'failed',
      advice: expect.stringContaining('container') as string,
    });
    expect((await checksOf({ ...system({}, 'EACCES'), platform: 'win32' }))[1]).toMatchObject({ state: 'failed' });
  });

  it("name the program that uses a port, given the port's own path or a link to it", async () => {
    const link = join(root, 'camera');
    symlinkSync(port, link);
    for (const path of [port, link]) {
      const on = path === port ? system({ 'openmv-ide': [port, '/dev/null'], bash: ['/dev/null'] }) : system();
      const checks = await portChecks({ ports: [] }, path, on);
      expect(checks).toContainEqual({
        check: path,
        state: 'failed',
        found: 'it is in use by openmv-ide (process 100)',
        advice: 'end openmv-ide',
      });
    }
  });

  it('name a missing port, and a camera that waits in its bootloader', async () => {
    expect((await checksOf(system({}, 'ENOENT'), '/dev/other'))[1]).toMatchObject({
      check: '/dev/other',
      state: 'failed',
      found: 'the port does not exist',
    });
    const waiting = await portChecks({ ports: [{ path: port, bootloader: true }] }, undefined, system());
    expect(waiting[1]).toMatchObject({ state: 'failed', found: 'the camera is in its bootloader' });
  });

  it('warn of ModemManager', async () => {
    expect((await checksOf(system({ ModemManager: [] }))).at(-1)).toMatchObject({
      check: 'ModemManager',
      state: 'warning',
    });
  });

  it('do not name this process as the user of a port', async () => {
    expect(await thisSystem.denial(join(root, 'nothing'))).toBe('ENOENT');
    expect(await thisSystem.denial(port)).toBeUndefined();
    expect(await usersOf({ ...system({ me: [port] }), pid: 100 }, port)).toEqual([]);
  });
});

describe('the text of a check', () => {
  it('is a line, and a second one with advice', () => {
    expect(checkText({ check: 'frame', state: 'ok', found: 'in 5 ms' })).toBe('ok       frame          in 5 ms');
    expect(checkText({ check: 'frame', state: 'warning', found: 'none', advice: 'run a script' })).toBe(
      'warning  frame          none\n         Try: run a script',
    );
  });
});
