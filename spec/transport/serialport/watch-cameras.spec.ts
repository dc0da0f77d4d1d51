import { watchCameras } from 'openmv-rx/serialport';

describe('watchCameras', () => {
  it.each([0, -1, NaN, Infinity, 2 ** 31])('refuses a period of %s ms at the call', (periodMs) => {
    expect(() => watchCameras({ periodMs })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
