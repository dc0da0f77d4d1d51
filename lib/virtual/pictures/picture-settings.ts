import { OpenMVError } from '../../errors.js';

/** The formats that a {@link VirtualCamera}'s sensor can work in. */
export type SensorFormat = 'rgb565' | 'grayscale' | 'binary' | 'jpeg' | 'png';

/** What the pictures of a {@link VirtualCamera} are like. All of it can be changed while it runs. */
export interface PictureSettings {
  /** In pixels. Default 320. Width and height together make at most 8 388 608 pixels. */
  readonly width: number;
  /** In pixels. Default 240. */
  readonly height: number;
  /** How often its sensor has a picture, 0.001 to 1000; the host gets as many as it reads. Default 25. */
  readonly framesPerSecond: number;
  /** Of its JPEGs, 1 to 100. Default 80. */
  readonly quality: number;
  /**
   * What its sensor sees, and in raw mode what the stream carries as it is: `'rgb565'`, `'grayscale'` or `'binary'`.
   * Without raw mode, and where it does not fit the stream buffer, the stream carries that as JPEG. `'jpeg'` and
   * `'png'` go out as they are in either mode, a PNG uncompressed and so only where three bytes a pixel fit. Default
   * `'rgb565'`.
   */
  readonly format: SensorFormat;
  /** How bright its pictures are: what each colour is multiplied by, 0 to 8. Default 1. */
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

/** A picture of this many pixels takes 32 MB to draw. */
const MAX_PIXELS = 2 ** 23;
const FORMATS: readonly unknown[] = ['rgb565', 'grayscale', 'binary', 'jpeg', 'png'] satisfies SensorFormat[];

type Name = keyof PictureSettings;

/** What each must be, in words, and whether it is. What a host has written can be anything. */
const limits: Readonly<Record<Name, readonly [expected: string, valid: (value: unknown) => boolean]>> = {
  width: ['a whole number of pixels, 1 to 65535', isSide],
  height: ['a whole number of pixels, 1 to 65535', isSide],
  framesPerSecond: ['0.001 to 1000', (value) => isBetween(value, 0.001, 1000)],
  quality: ['1 to 100', (value) => isBetween(value, 1, 100)],
  format: [`one of ${FORMATS.join(', ')}`, (value) => FORMATS.includes(value)],
  exposure: ['0 to 8', (value) => isBetween(value, 0, 8)],
};

/** The names of all settings, in the order in which they are shown. */
export const settingNames: readonly Name[] = ['quality', 'framesPerSecond', 'width', 'height', 'format', 'exposure'];

/**
 * Settings with changes; what is no setting is left out.
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
    throw invalid(`width and height must make at most ${MAX_PIXELS} pixels, not ${width * height}`);
  return { ...changed, quality: Math.round(quality) };
}

/** Those of an object's members that are settings. One that is `undefined` was left out. */
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
