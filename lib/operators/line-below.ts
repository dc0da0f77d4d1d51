export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of it and its slope. */
export interface Line extends Point {
  readonly slope: number;
}

/**
 * Of the lines that no point lies below, the one nearest to the points: the edge of their lower convex hull at their
 * mean. It is level, through the lowest point, where they span less than `shortestSpan`.
 *
 * @param points at least one, from left to right
 */
export function lineBelow(points: readonly Point[], shortestSpan: number): Line {
  const [first, last] = [points[0] as Point, points.at(-1) as Point];
  if (last.x - first.x < shortestSpan) {
    return { ...points.reduce((lowest, point) => (point.y < lowest.y ? point : lowest)), slope: 0 };
  }
  const hull = lowerHull(points);
  const mean = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const right = hull.findIndex(({ x }) => x >= mean);
  const [from, to] = [hull[Math.max(right - 1, 0)] as Point, hull[Math.max(right, 1)] as Point];
  return { ...from, slope: slope(from, to) };
}

/** The points that a thread would touch that is pulled tight from below. */
function lowerHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length > 1 && slope(hull.at(-2) as Point, hull.at(-1) as Point) >= slope(hull.at(-1) as Point, point)) {
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

function slope(from: Point, to: Point): number {
  return (to.y - from.y) / (to.x - from.x);
}
