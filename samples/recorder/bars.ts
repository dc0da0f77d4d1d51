import cliProgress from 'cli-progress';
import { finalize, tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { CameraProgress } from './recorder.js';

const FORMAT = '{name} {bar} {seconds} s  {frames} frames  {megabytes} MB  {fps} fps';

/** Shows the progress of each camera on its own line if standard error is a terminal. */
export function bars(names: readonly string[], seconds: number): MonoTypeOperatorFunction<CameraProgress> {
  return (source) => {
    if (!process.stderr.isTTY) return source;
    const all = new cliProgress.MultiBar({ format: FORMAT, hideCursor: true, barsize: 16 });
    const total = seconds < Infinity ? seconds : 1;
    const words = { seconds: '0.0', frames: 0, megabytes: '0.0', fps: '0.0' };
    const each = new Map(names.map((name) => [name, all.create(total, 0, { name, ...words })]));
    return source.pipe(
      tap(({ name, progress }) =>
        each.get(name)?.update(seconds < Infinity ? Math.min(progress.seconds, total) : 0, {
          seconds: progress.seconds.toFixed(1),
          frames: progress.frames,
          megabytes: (progress.bytes / 1e6).toFixed(1),
          fps: progress.framesPerSecond.toFixed(1),
        }),
      ),
      finalize(() => all.stop()),
    );
  };
}
