import { VirtualCamera, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { SimpleHost } from '../device/simple-host.js';

describe('a VirtualCamera', () => {
  it('refuses impossible options', () => {
    const impossible: VirtualCameraOptions[] = [
      { width: 0 },
      { height: 1.5 },
      { quality: 101 },
      { framesPerSecond: 0 },
      { stdoutIntervalMs: -1 },
      { stdoutIntervalMs: Infinity },
      { pollIntervalMs: 2 ** 31 },
      { stdoutBytes: 3 as 512 },
      { maxPayload: 49 },
    ];
    for (const options of impossible)
      expect(() => new VirtualCamera(options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });

  it('takes an option that is undefined for one that was left out', () => {
    const names = ['board', 'width', 'format', 'memory', 'sensors', 'stdoutBytes', 'firmware', 'name', 'scheduler'];
    const leftOut = Object.fromEntries(names.map((name) => [name, undefined]));
    const camera = new VirtualCamera(leftOut);
    expect(camera.picture).toEqual(new VirtualCamera().picture);
    const { payload } = new SimpleHost(camera.device).ask(Opcode.SYS_MEMORY, 0);
    expect(payload[0]).toBe(2);
  });
});
