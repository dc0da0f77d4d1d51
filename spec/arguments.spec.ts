import { EMPTY } from 'rxjs';
import * as deviceEntry from '../lib/device/index.js';
import * as profileEntry from '../lib/host/profile/index.js';
import * as coreEntry from '../lib/index.js';
import * as protocolEntry from '../lib/operators/index.js';
import * as testingEntry from '../lib/testing.js';
import * as virtualEntry from '../lib/virtual/index.js';
import {
  LONGEST_TIMER_MS,
  positive,
  requireInterval,
  requireNumber,
  requireOneOf,
  requireWhole,
  shown,
} from '../lib/arguments.js';
import { serialPort } from '../lib/transport/serialport/index.js';
import { tcp, tcpServer } from '../lib/transport/tcp/index.js';
import { udp } from '../lib/transport/udp/index.js';
import { webSerial } from '../lib/transport/web-serial/index.js';
import * as cborWidgets from '../lib/widgets/index.js';

/** As plain JavaScript sees it: anything goes in. */
const rx = { ...coreEntry, ...deviceEntry, ...profileEntry, ...protocolEntry, ...testingEntry, ...virtualEntry };
const given = (value: unknown): never => value as never;

const transport = new rx.VirtualCamera().transport();
const camera = new rx.Camera(transport);
const channel = camera.channel('config');
const device = new rx.Device();

const NONSENSE = [undefined, null, 42, NaN, true, 1n, Symbol('s'), 'text', {}, [], () => 1, Buffer.from('ab')];
const bytesLike = (value: unknown): boolean => value instanceof Uint8Array;
const textLike = (value: unknown): boolean => typeof value === 'string';
const none = (): boolean => false;
const absent = (value: unknown): boolean => value === undefined;
const either =
  (...tests: ((value: unknown) => boolean)[]) =>
  (value: unknown): boolean =>
    tests.some((test) => test(value));
const object = (value: unknown): boolean => typeof value === 'object' && value !== null;
const called = (value: unknown): boolean => typeof value === 'function';

/** Each public function with its first arguments: what is taken, and what of {@link NONSENSE} is none. */
const takers: [string, (value: unknown) => unknown, (value: unknown) => boolean][] = [
  ['new Camera(it)', (it) => new rx.Camera(given(it)), none],
  ['new Camera(transport, it)', (it) => new rx.Camera(transport, given(it)), either(absent, plain)],
  ['new Cameras(it)', (it) => new rx.Cameras(given(it)), absent],
  ['cameras.add(it)', (it) => new rx.Cameras().add(given(it)), none],
  ['camera.channel(it)', (it) => camera.channel(given(it)), textLike],
  ['camera.channel(name, it)', (it) => camera.channel('a', given(it)), absent],
  ['camera.run(it)', (it) => camera.run(given(it)), textLike],
  ['camera.run(script, it)', (it) => camera.run('pass', given(it)), either(absent, plain)],
  ['camera.stream(it)', (it) => camera.stream(given(it)), plain],
  ['camera.negotiate(it)', (it) => camera.negotiate(given(it)), plain],
  ['channel.write(it)', (it) => channel.write(given(it)), bytesLike],
  ['channel.write(value, it)', (it) => channel.write(Uint8Array.of(1), given(it)), either(absent, plain)],
  ['channel.readChunks(it)', (it) => channel.readChunks(given(it)), either(absent, plain)],
  ['channel.readArray(it)', (it) => channel.readArray(given(it)), none],
  ['channel.frames(it)', (it) => channel.frames(given(it)), absent],
  ['channel.locked(it)', (it) => channel.locked(given(it)), called],
  ['channel.ioctl(it)', (it) => channel.ioctl(given(it)), (value) => value === 42],
  ['channel.ioctl(1, it)', (it) => channel.ioctl(1, given(it)), either(absent, bytesLike)],
  ['camera.profile.mode(it)', (it) => camera.profile.mode(given(it)), none],
  ['camera.profile.event(0, it)', (it) => camera.profile.event(0, given(it)), (value) => value === 42],
  ['camera.profile.records(it)', (it) => camera.profile.records(given(it)), either(absent, (value) => value === 42)],
  ['new Device(it)', (it) => new rx.Device(given(it)), either(absent, plain)],
  ['device.register(it, {})', (it) => new rx.Device().register(given(it), {}), textLike],
  ['device.register(name, it)', (it) => new rx.Device().register('a', given(it)), object],
  ['device.attach(it)', (it) => device.attach(given(it)), none],
  ['new VirtualCamera(it)', (it) => new rx.VirtualCamera(given(it)), either(absent, plain)],
  ['valueChannel(it)', (it) => rx.valueChannel(given(it), 'a', given(EMPTY), rx.bytes), none],
  ['valueChannel(device, name, it)', (it) => rx.valueChannel(device, 'a', given(it), rx.bytes), none],
  ['textChannel(device, name, it)', (it) => rx.textChannel(device, 'a', given(it)), none],
  ['frameSourceChannel(device, name, it)', (it) => rx.frameSourceChannel(device, 'a', given(it)), none],
  ['profileChannel(it)', (it) => rx.profileChannel(given(it)), none],
  ['decode(it)', (it) => rx.decode(given(it)), either(absent, plain)],
  ['acknowledge(it)', (it) => rx.acknowledge(given(it)), called],
  ['reassemble(it)', (it) => rx.reassemble(given(it)), either(absent, plain)],
  ['encodePacket(it)', (it) => rx.encodePacket(given(it)), object],
  ['crc16(it)', (it) => rx.crc16(given(it)), bytesLike],
  ['crc32(it)', (it) => rx.crc32(given(it)), bytesLike],
  ['keepLatest(it)', (it) => rx.keepLatest(given(it)), called],
  ['lines(it)', (it) => rx.lines(given(it)), either(absent, plain)],
  ['frameRate(it)', (it) => rx.frameRate(given(it)), either(absent, plain)],
  ['throughput(it)', (it) => rx.throughput(given(it)), either(absent, plain)],
  ['toRgba(it)', (it) => rx.toRgba(given(it)), none],
  ['histogram(it)', (it) => rx.histogram(given(it)), none],
  ['regionStatistics(it)', (it) => rx.regionStatistics(given(it)), none],
  ['struct(it)', (it) => rx.struct(given(it)), none],
  ['faulty(it)', (it) => rx.faulty(given(it), {}), none],
  ['memoryPair(it)', (it) => rx.memoryPair(given(it)), either(absent, plain)],
  ['new FirmwareSymbols(it)', (it) => new rx.FirmwareSymbols(given(it)), bytesLike],
  ['flatProfile(it)', (it) => rx.flatProfile(given(it)), Array.isArray],
  ['callerProfile(it)', (it) => rx.callerProfile(given(it)), Array.isArray],
  ['profileDifference(it, [])', (it) => rx.profileDifference(given(it), []), Array.isArray],
  ['traceLine(it)', (it) => rx.traceLine(given(it)), none],
  ['scriptParameters(it)', (it) => rx.scriptParameters(given(it)), textLike],
  ['frameNumber(it)', (it) => rx.frameNumber(given(it)), bytesLike],
  ['serialPort(it)', (it) => serialPort(given(it)), textLike],
  ['tcp(it, 1)', (it) => tcp(given(it), 1), textLike],
  ['tcp(host, it)', (it) => tcp('localhost', given(it)), (value) => value === 42],
  ['tcpServer(it)', (it) => tcpServer(given(it)), (value) => value === 42],
  ['udp(it)', (it) => udp(given(it)), textLike],
  ['webSerial(it)', (it) => webSerial(given(it)), absent],
  ['widgets(it, name)', (it) => cborWidgets.widgets(given(it), 'a'), none],
  ['widgets(camera, it)', (it) => cborWidgets.widgets(camera, given(it)), textLike],
  ['new WidgetChannel(it)', (it) => new cborWidgets.WidgetChannel(given(it)), Array.isArray],
  ['encodeWidgets(it)', (it) => cborWidgets.encodeWidgets(given(it)), Array.isArray],
  ['cbor(it)', (it) => cborWidgets.cbor(given(it)), either(absent, object)],
];

function plain(value: unknown): boolean {
  return object(value) && Object.keys(value as object).length === 0;
}

describe('arguments that make no sense, in plain JavaScript', () => {
  it.each(takers)('%s refuses them at the call', (_, call, isTaken) => {
    const outcome = (value: unknown): string => {
      try {
        call(value);
        return 'taken';
      } catch (error) {
        // Bytes are taken, whatever becomes of them then.
        if (rx.isOpenMVError(error, 'MALFORMED')) return 'taken';
        return rx.isOpenMVError(error) ? error.code : String(error);
      }
    };
    const wrong = NONSENSE.map((value) => [
      shown(value),
      outcome(value),
      isTaken(value) ? 'taken' : 'INVALID_ARGUMENT',
    ]);
    expect(wrong.filter(([, is, wanted]) => is !== wanted)).toEqual([]);
  });

  it.each([
    [
      () => new rx.Camera(given(undefined)),
      "a Camera takes a transport, such as serialPort('/dev/ttyACM0') of openmv-rx/serialport, not undefined",
    ],
    [
      () => new rx.Camera(given('/dev/ttyACM0')),
      "a Camera takes a transport, such as serialPort('/dev/ttyACM0') of openmv-rx/serialport, not '/dev/ttyACM0'",
    ],
    [
      () => camera.channel('config').write(given({ quality: 30 })),
      "channel 'config' needs a Uint8Array, or a codec such as text or json() that makes one, not an object",
    ],
    [() => camera.stream({ enabled: given('no') }), "enabled must be true or false, not 'no'"],
    [() => camera.stream({ raw: given(true) }), 'raw must be { width, height } or false, not true'],
    [() => rx.struct({ a: 'u8' }, { byteOrder: given('Big') }), "byteOrder must be one of little, big, not 'Big'"],
    [() => rx.structs({ a: 'u8' }, { byteOrder: given('Big') }), "byteOrder must be one of little, big, not 'Big'"],
    [() => rx.profileDifference([], given(5)), 'profileDifference needs two profiles, not 5'],
    [
      () => serialPort(given(undefined)),
      "serialPort takes the path of a port, such as '/dev/ttyACM0' or 'COM3', not undefined",
    ],
  ])('say what is wanted and what was given: %#', (call, message) => {
    expect(call).toThrow(new rx.OpenMVError('INVALID_ARGUMENT', message));
  });
});

describe('requireWhole', () => {
  it.each([1, 2, 10])('accepts %d from 1 to 10', (value) => {
    expect(() => requireWhole('it', value, 1, 10)).not.toThrow();
  });

  it.each([0, 11, 1.5, NaN, Infinity, '5', null, undefined, 5n])('refuses %p from 1 to 10', (value) => {
    const message = `it must be a whole number, from 1 to 10, not ${shown(value)}`;
    expect(() => requireWhole('it', value, 1, 10)).toThrow(new rx.OpenMVError('INVALID_ARGUMENT', message));
  });

  it('has no upper limit but that of exact numbers, unless one is given', () => {
    expect(() => requireWhole('it', Number.MAX_SAFE_INTEGER, 1)).not.toThrow();
    for (const value of [Infinity, Number.MAX_SAFE_INTEGER + 1, 0])
      expect(() => requireWhole('it', value, 1)).toThrow(
        new rx.OpenMVError('INVALID_ARGUMENT', `it must be a whole number, 1 or more, not ${value}`),
      );
  });
});

describe('requireNumber', () => {
  it.each([0, 0.5, 1])('accepts %d from 0 to 1', (value) => {
    expect(() => requireNumber('it', value, 0, 1)).not.toThrow();
  });

  it.each([-0.1, 1.1, NaN, Infinity, '0.5', null, undefined, 1n])('refuses %p from 0 to 1', (value) => {
    const message = `it must be a number, from 0 to 1, not ${shown(value)}`;
    expect(() => requireNumber('it', value, 0, 1)).toThrow(new rx.OpenMVError('INVALID_ARGUMENT', message));
  });

  it('has no upper limit unless one is given', () => {
    expect(() => requireNumber('it', Infinity, 0)).not.toThrow();
    for (const value of [-1, NaN, '1', 1n])
      expect(() => requireNumber('it', value, 0)).toThrow(
        new rx.OpenMVError('INVALID_ARGUMENT', `it must be a number, 0 or more, not ${shown(value)}`),
      );
  });
});

describe('requireInterval', () => {
  it('accepts what a timer of the platform can wait', () => {
    for (const ms of [0.1, 1, LONGEST_TIMER_MS]) expect(() => requireInterval('it', ms)).not.toThrow();
  });

  it.each([0, -1, NaN, LONGEST_TIMER_MS + 1, Infinity, '5', null, undefined, 5n])('refuses %p', (ms) => {
    const message = `it must be milliseconds above 0, at most 24 days, not ${shown(ms)}`;
    expect(() => requireInterval('it', ms)).toThrow(new rx.OpenMVError('INVALID_ARGUMENT', message));
  });
});

describe('positive', () => {
  it('returns what is given, or the default', () => {
    expect([positive('it', 0.5, 7), positive('it', Infinity, 7), positive('it', undefined, 7)]).toEqual([
      0.5,
      Infinity,
      7,
    ]);
  });

  it.each([0, -1, NaN, '5', null, 5n])('refuses %p', (value) => {
    const message = `it must be a number above 0, not ${shown(value)}`;
    expect(() => positive('it', value, 7)).toThrow(new rx.OpenMVError('INVALID_ARGUMENT', message));
  });
});

describe('requireOneOf', () => {
  it('accepts one of the values', () => {
    for (const value of ['a', 512]) expect(() => requireOneOf('it', value, ['a', 512])).not.toThrow();
  });

  it.each(['b', '512', NaN, null, undefined, 512n])('refuses %p and names the values', (value) => {
    const message = `it must be one of a, 512, not ${shown(value)}`;
    expect(() => requireOneOf('it', value, ['a', 512])).toThrow(new rx.OpenMVError('INVALID_ARGUMENT', message));
  });
});
