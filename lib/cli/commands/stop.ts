import type { Command } from 'commander';
import { concat, defer, first, switchMap } from 'rxjs';
import { cameraCommand, type CameraCommandOptions, withCamera } from '../camera-command.js';
import { orInterrupted } from '../output/interruption.js';

/** `stop`: ends the script that runs. */
export function addStop(program: Command): void {
  cameraCommand(program, 'stop', 'stop the script that runs', 'openmv-rx stop --virtual').action(
    (options: CameraCommandOptions) =>
      withCamera(options, ({ camera, output, stop$ }) => {
        const tell = (stopped: boolean) =>
          defer(() => {
            output.write({ stopped }, stopped ? 'the script was stopped' : 'no script runs');
            return [];
          });
        return camera.running$.pipe(
          first(),
          switchMap((running) => (running ? concat(camera.stop(), tell(true)) : tell(false))),
          orInterrupted(stop$),
        );
      }),
  );
}
