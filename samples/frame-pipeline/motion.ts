import { concat, filter, ignoreElements, map, pairwise, type Observable } from 'rxjs';
import { json, keepLatest, regionStatistics, toRgba, type Camera, type Frame, type Region } from 'openmv-rx';

/** Where something moves, as it is told to the camera and to the reader. */
export interface Motion {
  readonly frame: number;
  readonly regions: readonly Region[];
}

/** Serves the channel `motion`, where a camera's own program would learn what the host has seen. */
const SCRIPT = `
import protocol, time

class Motion:
    def read(self, offset, size): ...
    def write(self, offset, data): ...

protocol.register(name="motion", backend=Motion())
while True:
    time.sleep_ms(100)
`;

/** Small uncompressed frames: nothing to decode, and a pixel of noise is none of motion. */
const SIZE = { width: 160, height: 120 };
/** Motion is told by squares of so many pixels, */
const CELL = 20;
/** whose brightness changes by so much from one frame to the next, of 255. */
const THRESHOLD = 8;

/** Frame difference: emits each frame in which something moves, when the camera has acknowledged to know of it. */
export function motion(camera: Camera): Observable<Motion> {
  const prepared = concat(camera.run(SCRIPT), camera.stream({ raw: SIZE })).pipe(ignoreElements());
  const channel = camera.channel('motion', json<Motion>());
  const seen = camera.frames$.pipe(
    map((frame) => ({ frame: frame.index, cells: brightness(frame) })),
    pairwise(),
    map(([before, now]) => ({ frame: now.frame, regions: merged(changed(before.cells, now.cells)) })),
    filter(({ regions }) => regions.length > 0),
    // While a write is under way only the newest report waits: the camera is told what is, not what was.
    keepLatest((report) => concat(channel.write(report).pipe(ignoreElements()), [report])),
  );
  return concat(prepared, seen);
}

/** Mean brightness of each square of the picture, row by row. */
function brightness(frame: Frame): number[] {
  const { width, height } = frame;
  const picture = { width, height, data: toRgba(frame) };
  const cells: number[] = [];
  for (let y = 0; y + CELL <= height; y += CELL)
    for (let x = 0; x + CELL <= width; x += CELL) {
      const statistics = regionStatistics(picture, { x, y, width: CELL, height: CELL });
      cells.push(statistics.kind === 'grayscale' ? statistics.gray.mean : statistics.green.mean);
    }
  return cells;
}

function changed(before: number[], now: number[]): Region[] {
  const columns = Math.floor(SIZE.width / CELL);
  return now.flatMap((value, at) =>
    Math.abs(value - (before[at] ?? value)) < THRESHOLD
      ? []
      : [{ x: (at % columns) * CELL, y: Math.floor(at / columns) * CELL, width: CELL, height: CELL }],
  );
}

/** Squares of one row that touch, as one region. */
function merged(cells: Region[]): Region[] {
  return cells.reduce<Region[]>((regions, cell) => {
    const last = regions.at(-1);
    if (last?.y !== cell.y || last.x + last.width !== cell.x) return [...regions, cell];
    return [...regions.slice(0, -1), { ...last, width: last.width + cell.width }];
  }, []);
}
