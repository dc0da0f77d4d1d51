import type { Samples } from 'openmv-rx/widgets';

/**
 * A path for each series of interleaved samples, in a box from 0 to 1 whose bottom is the minimum. A sample that is no number is a
 * gap; one outside of the scale is at its edge.
 */
export function seriesPaths(
  samples: Samples,
  series: number,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): string[] {
  const count = series === 0 ? 0 : Math.floor(samples.length / series);
  const height = (value: number): number => Math.min(Math.max((maximum - value) / (maximum - minimum || 1), 0), 1);
  return Array.from({ length: series }, (_, k) => {
    let [path, pen] = ['', 'M'];
    for (let i = 0; i < count; i++) {
      const value = samples[i * series + k] ?? NaN;
      if (Number.isFinite(value))
        path += `${pen}${(i / Math.max(1, count - 1)).toFixed(4)} ${height(value).toFixed(4)}`;
      pen = Number.isFinite(value) ? 'L' : 'M';
    }
    return path;
  });
}
