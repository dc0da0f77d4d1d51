import type { Command } from 'commander';
import { finalize, firstValueFrom, tap } from 'rxjs';
import { isOpenMVError, messageOf } from '../../errors.js';
import { writeWhole } from '../../recording/export/part-file.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { counted } from '../output/text.js';
import { cameraChecks, failedCamera } from '../doctor/camera-checks.js';
import { type Check, checkText, failed } from '../doctor/check.js';
import { portChecks, type PortList } from '../doctor/port-checks.js';
import { Report } from '../doctor/report.js';
import { thisSystem } from '../doctor/system.js';
import { orInterrupted } from '../output/interruption.js';
import { loadSerialport } from '../optional-packages.js';
import { Output } from '../output/output.js';

interface DoctorOptions extends CameraCommandOptions {
  readonly report?: string;
  readonly overwrite?: true;
}

/** `doctor`: explains why a camera can't be reached or is slow. */
export function addDoctor(program: Command): void {
  cameraCommand(
    program,
    'doctor',
    "find out why a camera can't be reached or is slow, and what to do about it",
    'openmv-rx doctor --virtual --report report.json --overwrite',
  )
    .option(
      '--report <file>',
      'write a file to attach to a bug report: versions, checks with ports and processes, packet headers; no pictures, text or values',
    )
    .option('--overwrite', 'replace an existing report')
    .action(async ({ report: file, overwrite, ...options }: DoctorOptions) => {
      const output = new Output(options.json === true);
      const { tcp, udp, ws } = options;
      const report = new Report([tcp?.host ?? udp?.host ?? (ws === undefined ? '' : new URL(ws).hostname)]);
      const tell = (check: Check): void => {
        report.add(check);
        output.write(check, checkText(check));
      };
      for (const check of await systemChecks(options)) tell(check);
      try {
        await withCamera(options, ({ camera, stop$ }) => {
          const following = report.follow(camera);
          return cameraChecks(camera, (info) => report.describe(info)).pipe(
            orInterrupted<Check>(stop$),
            tap(tell),
            finalize(() => following.unsubscribe()),
          );
        });
      } catch (error) {
        if (!isOpenMVError(error)) throw error;
        tell(failedCamera(error));
      }
      if (file !== undefined) {
        await writeWhole(file, overwrite === true, Buffer.from(report.text(program.version() ?? '')));
        output.write({ report: file }, `attach ${file} to your bug report`);
      }
      const failures = report.checks.filter(({ state }) => state === 'failed').length;
      if (failures > 0) throw new Error(`${counted(failures, 'check')} failed: follow the advice, then run it again`);
    });
}

/** Runs the checks that need no camera: those of the ports. */
async function systemChecks({ port, tcp, udp, ws, virtual }: DoctorOptions): Promise<readonly Check[]> {
  if (tcp ?? udp ?? ws ?? virtual) return [];
  try {
    return await portChecks(await listed(), port, thisSystem);
  } catch (error) {
    return [failed('ports', messageOf(error))];
  }
}

async function listed(): Promise<PortList> {
  const { listCameras } = await loadSerialport();
  let unlistable: string | undefined;
  const ports = await firstValueFrom(listCameras({ onUnlistable: ({ message }) => (unlistable = message) }));
  return { ports, ...(unlistable !== undefined && { unlistable }) };
}
