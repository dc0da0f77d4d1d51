import { concat, filter, ignoreElements, map, pairwise, type Observable } from 'rxjs';
import { json, keepLatest, regionStatistics, toRgba, type Camera, type Frame, type Region } from 'openmv-rx';

/** The regions that move, as written to the camera and printed. */
export interface Motion {
  readonly frame: number;
  readonly regions: readonly Region[];
}

/** A script that serves the channel `motion`. A real script would react to the reported motion. */
const SCRIPT = `
import protocol, time

class Motion:
    def read(self, offset, size): ...
    def write(self, offset, data): ...

protocol.register(name="motion", backend=Motion())
while True:
    time.sleep_ms(100)
`;

/** Small uncompressed frames: they need no decoding, and single noisy pixels do not count as motion. */
const SIZE = { width: 160, height: 120 };
/** The width and height of the compared squares, in pixels. */
const CELL = 20;
/** A square moves if its mean brightness changes by more than this between two frames, of 255. */
const THRESHOLD = 8;

/** Emits each frame in which something moves, after the camera has acknowledged the report. */
export function motion(camera: Camera): Observable<Motion> {
  const prepared = concat(camera.run(SCRIPT), camera.stream({ raw: SIZE })).pipe(ignoreElements());
  const channel = camera.channel('motion', json<Motion>());
  const seen = camera.frames$.pipe(
    map((frame) => ({ frame: frame.index, cells: brightness(frame) })),
    pairwise(),
    map(([before, now]) => ({ frame: now.frame, regions: merged(changed(before.cells, now.cells)) })),
    filter(({ regions }) => regions.length > 0),
    // During a write only the newest report waits, so the camera gets no outdated report.
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

/** Joins the adjacent squares of a row to one region. */
function merged(cells: Region[]): Region[] {
  return cells.reduce<Region[]>((regions, cell) => {
    const last = regions.at(-1);
    if (last?.y !== cell.y || last.x + last.width !== cell.x) return [...regions, cell];
    return [...regions.slice(0, -1), { ...last, width: last.width + cell.width }];
  }, []);
}
