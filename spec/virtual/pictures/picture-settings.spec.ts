import {
  changedSettings,
  defaultPictureSettings,
  type PictureSettings,
} from '../../../lib/virtual/pictures/picture-settings.js';
import { isOpenMVError } from '../../../lib/errors.js';

const at = defaultPictureSettings;

describe('the settings of pictures', () => {
  it('change by those that are given, and by nothing else', () => {
    expect(changedSettings(at, { width: 160, exposure: 0 })).toEqual({ ...at, width: 160, exposure: 0 });
    expect(changedSettings(at, { wide: 1 } as object)).toEqual(at);
  });

  it('stay as they are where a change is undefined', () => {
    expect(changedSettings(at, { width: undefined, height: 120 })).toEqual({ ...at, height: 120 });
  });

  it('have a whole quality', () => {
    expect(changedSettings(at, { quality: 49.6 }).quality).toBe(50);
  });

  it.each<[keyof PictureSettings, unknown[]]>([
    ['width', [0, -1, 1.5, 65536, '320', NaN, null]],
    ['height', [0, 65536, true, [240]]],
    ['framesPerSecond', [0, -1, 1001, Infinity, NaN, '25', 0.0009]],
    ['quality', [0, 101, NaN, '80', null]],
    ['format', ['RGB565', 'argb8', 'bayer-rggb', '', 5, null]],
    ['exposure', [-0.1, 8.1, NaN, '1', Infinity]],
  ])('have no impossible %s', (name, values) => {
    for (const value of values) {
      try {
        changedSettings(at, { [name]: value });
        throw new Error(`${name} may be ${String(value)}`);
      } catch (error) {
        expect(isOpenMVError(error, 'INVALID_ARGUMENT') && error.message.startsWith(`${name} must be`)).toBe(true);
      }
    }
  });

  it('say which formats there are', () => {
    expect(() => changedSettings(at, { format: 'gif' })).toThrow(
      'format must be one of rgb565, grayscale, binary, jpeg, png, not gif',
    );
  });

  it('have a limit for both sides together', () => {
    expect(changedSettings(at, { width: 4096, height: 2048 })).toMatchObject({ width: 4096 });
    expect(() => changedSettings(at, { width: 4096, height: 2049 })).toThrow('at most 8388608 pixels');
  });
});
