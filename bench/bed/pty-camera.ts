import { ptyServer } from '../../lib/cli/serving/pty-server.js';
import type { BedOptions } from './bed.js';
import { BenchCamera } from './bench-camera.js';
import type { Fault } from './one-fault.js';

// The program of the camera's process: serves a pty at the path it is given until its parent lets go of it.
const [path, options] = process.argv.slice(2) as [string, string];
const camera = new BenchCamera(JSON.parse(options) as BedOptions);

const served = ptyServer(path)
  .open()
  .subscribe((connection) => {
    camera.attach(connection);
    process.send?.('ready');
  });

process.on('message', (fault: Fault) => {
  camera.oneFault.arm(fault);
  process.send?.('armed');
});

process.on('disconnect', () => {
  served.unsubscribe();
  process.exit();
});
