import type { Command } from 'commander';
import { versionText } from '../../wire/payloads/index.js';
import { tap } from 'rxjs';
import type { CameraInfo } from '../../index.js';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';

/** `info`: shows the camera's information. */
export function addInfo(program: Command): void {
  cameraCommand(
    program,
    'info',
    'show the board, firmware and hardware of the camera',
    'openmv-rx info --virtual',
  ).action((options: CameraCommandOptions) =>
    withCamera(options, ({ camera, output, stop$ }) =>
      camera.info().pipe(
        orInterrupted(stop$),
        tap((info) => {
          output.write(
            infoRecord(info),
            infoText(info, (name) => output.name(name)),
          );
        }),
      ),
    ),
  );
}

/** Lists the facts, the most wanted first, with versions and ids in their usual spelling. */
export function infoRecord({ board, deviceId, versions, system, capabilities }: CameraInfo): Record<string, unknown> {
  return {
    board,
    deviceId,
    firmware: versionText(versions.firmware),
    protocol: versionText(versions.protocol),
    bootloader: versionText(versions.bootloader),
    usbId: `${hex(system.usbVendorId)}:${hex(system.usbProductId)}`,
    cpuId: hex(system.cpuId, 8),
    sensors: system.sensorChipIds.map((id) => hex(id)),
    hardware: Object.entries(system.hardware).flatMap(([name, there]) => (there === true ? [name] : [])),
    frameBufferKB: system.frameBufferKB,
    streamBufferKB: system.streamBufferKB,
    maxPayload: capabilities.maxPayload,
    capabilities: Object.entries(capabilities).flatMap(([name, on]) => (on === true ? [name] : [])),
  };
}

/** The same as a table. */
export function infoText(info: CameraInfo, styled: (name: string) => string): string {
  const entries = Object.entries(infoRecord(info));
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries
    .map(
      ([name, value]) =>
        `${styled(name.padEnd(width))}  ${Array.isArray(value) ? value.join(', ') || 'none' : String(value)}`,
    )
    .join('\n');
}

function hex(value: number, digits = 4): string {
  return value.toString(16).padStart(digits, '0');
}
