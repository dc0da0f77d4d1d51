import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectOneLineFailure, jsonLines, run, start } from './command.js';
import { temporaryFolder } from './pty.js';

interface Plugged {
  readonly tty: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial?: string;
}

const H7_PLUS = { tty: 'ttyACM0', vendor: '37c5', product: '124a', serial: '335A' };
const IN_BOOTLOADER = { tty: 'ttyACM1', vendor: '37c5', product: '9203' };
const NO_CAMERA = { tty: 'ttyUSB0', vendor: '0403', product: '6001' };

describe('openmv-rx list', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = temporaryFolder();
    env = { ...process.env, PATH: `${folder}:/usr/bin:/bin` };
    // Where the list comes from on Linux.
    writeFileSync(join(folder, 'udevadm'), `#!/bin/sh\nexec cat ${folder}/ports\n`, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const plug = (...ports: readonly Plugged[]): void => {
    const entries = ports.map(({ tty, vendor, product, serial }) =>
      [
        `P: /devices/${tty}`,
        `N: ${tty}`,
        `E: DEVNAME=/dev/${tty}`,
        `E: ID_VENDOR_ID=${vendor}`,
        `E: ID_MODEL_ID=${product}`,
        ...(serial === undefined ? [] : [`E: ID_SERIAL_SHORT=${serial}`]),
        '',
      ].join('\n'),
    );
    writeFileSync(join(folder, 'ports'), `${entries.join('\n')}\n`);
  };

  it('shows the cameras that are plugged in, and nothing else', async () => {
    plug(NO_CAMERA, IN_BOOTLOADER, H7_PLUS);
    expect(await run(['list'], { env })).toMatchObject({
      code: 0,
      stderr: '',
      stdout:
        '/dev/ttyACM0  OpenMV Cam H7 Plus  335A\n/dev/ttyACM1  OpenMV Cam M7  no serial number  in its bootloader\n',
    });
    expect(jsonLines((await run(['list', '--json'], { env })).stdout)).toEqual([
      { path: '/dev/ttyACM0', board: 'OpenMV Cam H7 Plus', serialNumber: '335A', bootloader: false },
      { path: '/dev/ttyACM1', board: 'OpenMV Cam M7', bootloader: true },
    ]);
  });

  it('says that there is none, and to a program nothing', async () => {
    plug(NO_CAMERA);
    const none = { code: 0, stdout: '' };
    expect(await run(['list'], { env })).toMatchObject({ ...none, stderr: 'openmv-rx: no camera is plugged in\n' });
    expect(await run(['list', '--json'], { env })).toMatchObject({ ...none, stderr: '' });
  });

  it('says why where ports can not be listed, and what to try', async () => {
    env = { ...env, PATH: '/nowhere' };
    const outcome = await run(['list'], { env });
    expectOneLineFailure(outcome, /spawn udevadm ENOENT/);
    expectOneLineFailure(outcome, /--port PATH/);
  });

  it('follows what is plugged in and unplugged until Ctrl-C', async () => {
    plug(H7_PLUS);
    const { child, firstLine, finished } = start(['list', '--watch', '--json'], { env });
    const camera = { board: 'OpenMV Cam H7 Plus', serialNumber: '335A', bootloader: false };
    expect(JSON.parse(await firstLine)).toEqual({ plugged: '/dev/ttyACM0', ...camera });
    plug(NO_CAMERA);
    const [next] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(JSON.parse(next.toString())).toEqual({ unplugged: '/dev/ttyACM0', ...camera });
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  });
});
