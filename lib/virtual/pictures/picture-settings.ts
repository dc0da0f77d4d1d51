import { OpenMVError } from '../../errors.js';

/** The formats of a {@link VirtualCamera}'s sensor. */
export type SensorFormat = 'rgb565' | 'grayscale' | 'binary' | 'jpeg' | 'png';

/** Settings of the pictures of a {@link VirtualCamera}. All of them can change while it runs. */
export interface PictureSettings {
  /** Width in pixels. Default 320. A picture has at most 8 388 608 pixels. */
  readonly width: number;
  /** Height in pixels. Default 240. */
  readonly height: number;
  /** Pictures per second of its sensor, 0.001 to 1000. The host gets as many of them as it reads. Default 25. */
  readonly framesPerSecond: number;
  /** Quality of JPEGs, 1 to 100. Default 80. */
  readonly quality: number;
  /**
   * Format of the sensor. In raw mode the stream carries `'rgb565'`, `'grayscale'` or `'binary'` unchanged. Without raw mode,
   * and if the picture does not fit the stream buffer, it carries the same picture as JPEG. `'jpeg'` and `'png'` do not depend
   * on raw mode. A PNG is uncompressed, so it is sent only if three bytes per pixel fit, else as JPEG. Default `'rgb565'`.
   */
  readonly format: SensorFormat;
  /** Brightness: the factor of each colour, 0 to 8. Default 1. */
  readonly exposure: number;
}

export const defaultPictureSettings: PictureSettings = {
  width: 320,
  height: 240,
  framesPerSecond: 25,
  quality: 80,
  format: 'rgb565',
  exposure: 1,
};

/** The drawing of such a picture takes 32 MB. */
const MAX_PIXELS = 2 ** 23;
const FORMATS: readonly unknown[] = ['rgb565', 'grayscale', 'binary', 'jpeg', 'png'] satisfies SensorFormat[];

type Name = keyof PictureSettings;

/** The limits of each setting: in words for errors, and as a check. A host may have written any value. */
const limits: Readonly<Record<Name, readonly [expected: string, valid: (value: unknown) => boolean]>> = {
  width: ['a whole number of pixels, 1 to 65535', isSide],
  height: ['a whole number of pixels, 1 to 65535', isSide],
  framesPerSecond: ['0.001 to 1000', (value) => isBetween(value, 0.001, 1000)],
  quality: ['1 to 100', (value) => isBetween(value, 1, 100)],
  format: [`one of ${FORMATS.join(', ')}`, (value) => FORMATS.includes(value)],
  exposure: ['0 to 8', (value) => isBetween(value, 0, 8)],
};

/** The names of all settings in display order. */
export const settingNames: readonly Name[] = ['quality', 'framesPerSecond', 'width', 'height', 'format', 'exposure'];

/**
 * Applies changes to settings. Unknown members are ignored.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when a change is outside its limits.
 */
export function changedSettings(
  settings: PictureSettings,
  changes: Readonly<Partial<Record<Name, unknown>>>,
): PictureSettings {
  const changed = { ...settings, ...given(changes) } as PictureSettings;
  for (const name of settingNames) {
    const [expected, valid] = limits[name];
    if (!valid(changed[name])) throw invalid(`${name} must be ${expected}, not ${String(changed[name])}`);
  }
  const { width, height, quality } = changed;
  if (width * height > MAX_PIXELS)
    throw invalid(`width × height must be at most ${MAX_PIXELS} pixels, not ${width * height}`);
  return { ...changed, quality: Math.round(quality) };
}

/** The members of an object that are settings and not `undefined`. */
export function given(changes: object): Partial<Record<Name, unknown>> {
  const members = new Map<string, unknown>(Object.entries(changes));
  const names = settingNames.filter((name) => members.get(name) !== undefined);
  return Object.fromEntries(names.map((name) => [name, members.get(name)]));
}

function isSide(value: unknown): boolean {
  return Number.isInteger(value) && isBetween(value, 1, 0xffff);
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function invalid(message: string): OpenMVError {
  return new OpenMVError('INVALID_ARGUMENT', message);
}
