import { VirtualCamera, type BoardName, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { boardNames, memoryAfter } from '../../lib/virtual/board-presets.js';
import { boardOf } from '../../lib/boards.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeCapabilities,
  decodeFrameHeader,
  decodeMemory,
  decodeSystemInfo,
  decodeVersions,
  encodeIoctl,
  encodeWords,
  PixelFormat,
  type SystemInfo,
} from '../../lib/wire/payloads/index.js';
import { execute, idOf, readFrame, started, stdout, STREAM, switchStream } from '../device/camera-bench.js';
import type { SimpleHost } from '../device/simple-host.js';

const systemInfo = (host: SimpleHost): SystemInfo => decodeSystemInfo(host.ask(Opcode.SYS_INFO, 0).payload);
const maxPayload = (host: SimpleHost): number =>
  decodeCapabilities(host.ask(Opcode.PROTO_GET_CAPS, 0).payload).maxPayload;
const firmware = (host: SimpleHost): string =>
  Object.values(decodeVersions(host.ask(Opcode.PROTO_VERSION, 0).payload).firmware).join('.');

function refusal(options: VirtualCameraOptions): string {
  try {
    return new VirtualCamera(options).picture.format;
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
}

describe('a board', () => {
  // PROTOCOL 12: the USB ids, and the largest payload by board.
  it.each([
    ['virtual', '1204', 'OpenMV Cam H7', 4082],
    ['M7', '1203', 'OpenMV Cam M7', 498],
    ['H7 Plus', '124a', 'OpenMV Cam H7 Plus', 4082],
    ['RT1062', '1060', 'OpenMV Cam RT1062', 4082],
    ['N6', '1206', 'OpenMV N6', 8178],
    ['AE3', '16e3', 'OpenMV AE3', 8178],
  ] as const)('%s is told by its USB id, and has its buffer', (board, product, name, payload) => {
    const { host } = started({ board });
    const { usbVendorId, usbProductId } = systemInfo(host);
    expect([usbVendorId.toString(16), usbProductId.toString(16)]).toEqual(['37c5', product]);
    expect(boardOf(usbVendorId.toString(16), usbProductId.toString(16))?.board).toBe(name);
    expect(maxPayload(host)).toBe(payload);
  });

  it('is the same without a name as the one called virtual', () => {
    const [plain, named] = [started().host, started({ board: 'virtual' }).host];
    expect(systemInfo(plain)).toEqual(systemInfo(named));
    expect(maxPayload(plain)).toBe(4082);
  });

  it('has the hardware that is known of it', () => {
    const has = (board: BoardName) =>
      Object.entries(systemInfo(started({ board }).host).hardware).flatMap(([name, there]) =>
        there === true ? [name] : [],
      );
    expect(has('M7')).toEqual(['jpeg', 'crc', 'sdCard']);
    expect(has('N6')).toEqual(expect.arrayContaining(['gpu', 'npu', 'isp', 'dram', 'pmu', 'ethernet']));
    expect(has('AE3')).toEqual(expect.arrayContaining(['npu', 'multiCore']));
    expect(has('AE3')).not.toContain('dram');
  });

  it.each(boardNames)('%s has memory whose parts are its whole, and a sensor', (board) => {
    const { host } = started({ board });
    const pools = decodeMemory(host.ask(Opcode.SYS_MEMORY, 0).payload);
    expect(pools.map(({ type }) => type)).toEqual(expect.arrayContaining(['gc', 'uma']));
    for (const { used, free, total } of pools) expect(used + free).toBe(total);
    expect(systemInfo(host).sensorChipIds).toHaveLength(1);
  });

  it.each([
    ['M7', 512],
    ['H7 Plus', 1024],
    ['N6', 2048],
  ] as const)('%s keeps %d bytes of text', (board, bytes) => {
    const { camera, host } = started({ board, stdoutIntervalMs: false });
    camera.print('o'.repeat(bytes));
    expect(stdout(host)).toHaveLength(bytes);
    camera.print('o'.repeat(bytes));
    camera.print('n');
    expect(stdout(host)).toBe('n');
  });

  it.each<[BoardName, string]>([
    ['virtual', 'OPENMV4 with STM32H743'],
    ['M7', 'OPENMV3 with STM32F765'],
    // As recorded.
    ['H7 Plus', 'OPENMV4P with STM32H743'],
    ['RT1062', 'OpenMV IMXRT1060 with MIMXRT1062DVJ6A'],
    ['N6', 'OpenMV N6 with STM32N657X0'],
    ['AE3', 'OpenMV-AE3 with AE302F80F55D5AE'],
  ])('%s is an %s to MicroPython, which says so behind each soft reboot', (board, machine) => {
    const { host, clock } = started({ board, firmware: '5.1.20', stdoutIntervalMs: false });
    execute(host, clock, 'pass');
    host.synchronise();
    expect(stdout(host)).toBe(
      'MPY: soft reboot\r\n' +
        `OpenMV v5.1.20; MicroPython v1.29.0; ${machine}\r\n` +
        'Type "help()" for more information.\r\n' +
        '>>> ',
    );
  });

  it.each(['N6', 'AE3'] as const)('%s starts with raw mode on, and does so again after a soft reboot', (board) => {
    const { host, clock } = started({ board });
    switchStream(host, true);
    clock.pass(0);
    expect(decodeFrameHeader(readFrame(host))).toMatchObject({ width: 32, pixelFormat: PixelFormat.RGB565 });
    host.ask(Opcode.CHANNEL_IOCTL, STREAM, encodeIoctl(1, encodeWords(0)));
    execute(host, clock, 'pass');
    host.synchronise();
    execute(host, clock, 'while True: pass');
    clock.pass(40);
    expect(decodeFrameHeader(readFrame(host))).toMatchObject({ width: 32, pixelFormat: PixelFormat.RGB565 });
  });

  it('N6 makes raw pictures no larger than 512 × 512', () => {
    const { host, clock } = started({ board: 'N6', width: 640, height: 600 });
    switchStream(host, true);
    clock.pass(0);
    expect(decodeFrameHeader(readFrame(host))).toMatchObject({ width: 512, height: 512 });
  });

  it('has a sensor of motion only where there is one, unless it is told otherwise', () => {
    const imu = (options: VirtualCameraOptions) => idOf(started(options).host, 'imu');
    expect([imu({}), imu({ board: 'M7' }), imu({ board: 'AE3', imu: false })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([imu({ imu: true }), imu({ board: 'N6' }), imu({ board: 'AE3' })]).toEqual([6, 6, 6]);
  });

  it('is less than what else is asked for', () => {
    const { host } = started({ board: 'N6', bufferSize: 512, sensors: [1, 2], stdoutBytes: 512 });
    expect(maxPayload(host)).toBe(498);
    expect(systemInfo(host)).toMatchObject({ usbProductId: 0x1206, sensorChipIds: [1, 2] });
    const info = { ...systemInfo(host), usbProductId: 0x1234 };
    expect(systemInfo(started({ board: 'M7', systemInfo: info }).host).usbProductId).toBe(0x1234);
    const memory = () => [];
    expect(decodeMemory(started({ board: 'M7', memory }).host.ask(Opcode.SYS_MEMORY, 0).payload)).toEqual([]);
  });

  it('is refused by a name that is none, and those that are some are told', () => {
    const names = 'virtual, M7, H7 Plus, RT1062, N6, AE3';
    expect(refusal({ board: 'M8' as BoardName })).toBe(`INVALID_ARGUMENT board must be one of ${names}, not 'M8'`);
    expect(refusal({ board: 'toString' as BoardName })).toContain('INVALID_ARGUMENT');
  });
});

describe('a firmware', () => {
  it('has the version that was asked for', () => {
    expect(firmware(started().host)).toBe('5.0.0');
    expect(firmware(started({ firmware: '4.12.255' }).host)).toBe('4.12.255');
  });

  it.each(['5', '5.0', '5.0.0.0', '5.0.256', '5.-1.0', '5.0.x', '5..0', '', '5.0.0 beta'])('is not %j', (version) => {
    expect(refusal({ firmware: version })).toContain('INVALID_ARGUMENT firmware must be three numbers');
  });
});

describe('sensors', () => {
  it('are listed, without gaps', () => {
    expect(systemInfo(started({ sensors: [0x7936, 0x30501c01] }).host).sensorChipIds).toEqual([0x7936, 0x30501c01]);
  });

  it.each([[[]], [[0]], [[1, 1]], [[1, 2, 3, 4]], [[1.5]], [[2 ** 32]], [[-1]]])('are not %j', (sensors) => {
    expect(refusal({ sensors })).toContain('INVALID_ARGUMENT sensors must be one to three');
  });
});

describe('the memory of a virtual camera', () => {
  const pools = [
    { type: 'gc', flags: 0, total: 312_000 },
    { type: 'uma', flags: 5, total: 1_048_576 },
    { type: 'uma', flags: 0, total: 100 },
  ] as const;
  const pictures = Array.from({ length: 300 }, (_, count) => memoryAfter(pools, count));

  it('has the totals and flags of its pools, and the parts are the whole', () => {
    for (const seen of pictures) {
      expect(seen.map(({ type, flags, total }) => ({ type, flags, total }))).toEqual(pools);
      for (const { used, free, total } of seen) expect([used + free, free >= 0 && used >= 0]).toEqual([total, true]);
    }
  });

  it('is taken by pictures and given back', () => {
    const used = pictures.map(([gc]) => gc!.used);
    expect(used[1]).toBeGreaterThan(used[0]!);
    expect(new Set(used).size).toBeGreaterThan(10);
    expect(used.some((value, index) => index > 0 && value < used[index - 1]!)).toBe(true);
  });

  it('has a peak that never falls, and is never below what is in use', () => {
    const uma = pictures.map((seen) => seen[1]!);
    uma.forEach(({ peak, used, persistent }, index) => {
      expect(peak).toBeGreaterThanOrEqual(Math.max(used, uma[index - 1]?.peak ?? 0));
      expect(used).toBeGreaterThanOrEqual(persistent);
    });
    expect(uma.at(-1)!.peak).toBe(Math.max(...uma.map(({ used }) => used)));
  });

  it('is the same after the same pictures', () => {
    expect(memoryAfter(pools, 77)).toEqual(memoryAfter(pools, 77));
  });
});
