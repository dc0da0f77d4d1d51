/** From low to high, each as bright as it is high, so that it reads without seeing colours too. */
const STOPS: readonly (readonly [red: number, green: number, blue: number])[] = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
];

const STEPS = 256;
/** Of what is no number: as distances that could not be measured. */
const NOTHING = 0xff80_8080;

/** The scale's colours as words of RGBA, as pixels lie in memory on all that browsers run on. */
const COLOURS = Uint32Array.from({ length: STEPS }, (_, step) => {
  const place = (step / (STEPS - 1)) * (STOPS.length - 1);
  const [from, to] = [STOPS[Math.floor(place)] ?? [0, 0, 0], STOPS[Math.ceil(place)] ?? [0, 0, 0]];
  const part = place % 1;
  const [red, green, blue] = [0, 1, 2].map((i) => Math.round((from[i] ?? 0) * (1 - part) + (to[i] ?? 0) * part));
  return ((0xff << 24) | ((blue ?? 0) << 16) | ((green ?? 0) << 8) | (red ?? 0)) >>> 0;
});

/** The scale from its lowest to its highest, for CSS. */
export const COLOUR_SCALE = `linear-gradient(to right, ${STOPS.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;

/** Numbers as pixels. What is outside of the scale has the colour of its end. */
export function coloured(
  numbers: Float32Array,
  minimum: number,
  maximum: number,
  pixels: Uint8ClampedArray<ArrayBuffer>,
): void {
  const words = new Uint32Array(pixels.buffer);
  const scale = (STEPS - 1) / (maximum - minimum || 1);
  numbers.forEach((number, i) => {
    const step = Math.round(Math.min(Math.max((number - minimum) * scale, 0), STEPS - 1));
    words[i] = COLOURS[step] ?? NOTHING;
  });
}

/** The least and the greatest of what can be shown. */
export function rangeOf(numbers: Iterable<number>): { readonly minimum: number; readonly maximum: number } {
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (!Number.isFinite(number)) continue;
    minimum = Math.min(minimum, number);
    maximum = Math.max(maximum, number);
  }
  return minimum > maximum ? { minimum: 0, maximum: 1 } : { minimum, maximum };
}
