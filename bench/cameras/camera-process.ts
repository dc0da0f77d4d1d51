import { VirtualCamera } from 'openmv-rx/virtual';
import { tcpServer } from 'openmv-rx/tcp';
import { combineLatest, map } from 'rxjs';
import { numberedFrame } from '../bed/frames.js';

/** What the program of the cameras' process is told. */
export interface ServingOptions {
  readonly cameras: number;
  readonly framesPerSecond: number;
  /** Of prepared pictures; without, each camera draws and compresses its test pattern. */
  readonly frameBytes?: number;
}

// Serves cameras, each at a port of its own, until its parent lets go of it; tells what it has cost when it is asked.
const { cameras, framesPerSecond, frameBytes } = JSON.parse(process.argv[2] as string) as ServingOptions;

const serve = () => {
  const camera = new VirtualCamera({
    framesPerSecond,
    stdoutIntervalMs: false,
    ...(frameBytes !== undefined && { frameSource: numberedFrame(frameBytes) }),
  });
  return tcpServer(0).pipe(
    map((server) => {
      server.hosts$.subscribe((host) => camera.attach(host));
      return server.port;
    }),
  );
};

combineLatest(Array.from({ length: cameras }, serve)).subscribe((ports) => process.send?.(ports));
process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit());
