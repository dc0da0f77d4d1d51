import type { Command } from 'commander';
import { concat, defer, first, switchMap } from 'rxjs';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';

/** `stop`: stops the running script. */
export function addStop(program: Command): void {
  cameraCommand(program, 'stop', 'stop the running script', 'openmv-rx stop --virtual').action(
    (options: CameraCommandOptions) =>
      withCamera(options, ({ camera, output, stop$ }) => {
        const report = (stopped: boolean) =>
          defer(() => {
            output.write({ stopped }, stopped ? 'the script was stopped' : 'no script is running');
            return [];
          });
        return camera.running$.pipe(
          first(),
          switchMap((running) => (running ? concat(camera.stop(), report(true)) : report(false))),
          orInterrupted(stop$),
        );
      }),
  );
}
