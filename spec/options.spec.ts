import { NEVER, Subject } from 'rxjs';
import { serialPort, listCameras, watchCameras } from 'openmv-rx/serialport';
import { tcp, tcpServer } from 'openmv-rx/tcp';
import { udpServer } from 'openmv-rx/udp';
import { inMemory } from 'openmv-rx/web-recording';
import { webSocket } from 'openmv-rx/websocket';
import { WidgetChannel } from 'openmv-rx/widgets';
import { isOpenMVError } from '../lib/errors.js';
import {
  Camera,
  cameraClock,
  Cameras,
  frameRate,
  iterate,
  lines,
  pairByTime,
  preroll,
  struct,
  structs,
  throughput,
} from '../lib/index.js';
import { Device, textChannel } from '../lib/device/index.js';
import { decode, reassemble } from '../lib/operators/index.js';
import { faulty, memoryPair } from '../lib/testing.js';
import { VirtualCamera } from '../lib/virtual/index.js';
import { capture, exportFrames, exportVideo, record, replay } from '../lib/recording/index.js';

const [transport] = memoryPair();
const camera = new Camera(transport);

/** As a program in plain JavaScript, or with options of a variable, gives them. */
const misspelt = (names: object): never => names as never;

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOpenMVError(error, 'INVALID_ARGUMENT')) return error.message;
    throw error;
  }
  return 'it was accepted';
}

describe('options that a function does not have', () => {
  it.each<[string, (options: never) => unknown]>([
    ['Camera', (options) => new Camera(transport, options)],
    ['Camera', (options) => new Cameras(NEVER, options)],
    ['run', (options) => camera.run('print(1)', options)],
    ['stream', (options) => camera.stream(options)],
    ['readFrames', (options) => camera.readFrames(options)],
    ['negotiate', (options) => camera.negotiate(options)],
    ['negotiate', (capabilities) => new Camera(transport, { capabilities })],
    ['write', (options) => camera.channel('a').write(new Uint8Array(1), options)],
    ['ioctl', (options) => camera.channel('a').ioctl(1, undefined, options)],
    ['record', (options: object) => record(camera, { ...options, file: 'never-made.mcap' })],
    ['replay', (options) => replay('never-there.mcap', options)],
    ['capture', (options) => capture(transport, 'never-made.jsonl', options)],
    ['exportFrames', (options) => exportFrames('never-there.mcap', 'never-made', options)],
    ['exportVideo', (options) => exportVideo('never-there.mcap', 'never-made.mp4', options)],
    ['serialPort', (options) => serialPort('/dev/nowhere', options)],
    ['listCameras', (options) => listCameras(options)],
    ['watchCameras', (options) => watchCameras(options)],
    ['tcp', (options) => tcp('127.0.0.1', 1, options)],
    ['tcpServer', (options) => tcpServer(0, options)],
    ['udpServer', (options) => udpServer(0, options)],
    ['webSocket', (options) => webSocket('ws://127.0.0.1', options)],
    ['memoryPair', (options) => memoryPair(options)],
    ['faulty', (options) => faulty(transport, options)],
    ['Device', (options) => new Device(options)],
    ['VirtualCamera', (options) => new VirtualCamera(options)],
    ['textChannel', (options) => textChannel(new Device(), 'log', NEVER, options)],
    ['WidgetChannel', (options) => new WidgetChannel([], options)],
    ['decode', (options) => decode(options)],
    ['reassemble', (options) => reassemble(options)],
    ['lines', (options) => lines(options)],
    ['iterate', (options) => iterate(NEVER, options)],
    ['preroll', (options: object) => preroll(NEVER, { ...options, ms: 1 })],
    ['inMemory', (options) => inMemory(options)],
    ['frameRate', (options) => frameRate(options)],
    ['throughput', (options) => throughput(options)],
    [
      'pairByTime',
      (options: object) => pairByTime(new Subject<never>(), NEVER, { ...options, toleranceMs: 1 } as never),
    ],
    ['cameraClock', (options: object) => cameraClock({ ...options, cameraUs: () => 1 } as never)],
    ['struct', (options) => struct({ a: 'u8' } as never, options)],
    ['structs', (options) => structs({ a: 'u8' } as never, options)],
  ])('are refused by %s, which says what it has', (taker, call) => {
    expect(refusal(() => call(misspelt({ nonsense: 1 })))).toMatch(
      new RegExp(`^${taker} has no option 'nonsense': it has \\w+`),
    );
  });

  it.each<[object, string]>([
    [{ reconect: 'always' }, "Camera has no option 'reconect': did you mean 'reconnect'?"],
    [{ openTimeout: 1 }, "Camera has no option 'openTimeout': did you mean 'openTimeoutMs'?"],
    [{ commandtimeoutms: 1 }, "Camera has no option 'commandtimeoutms': did you mean 'commandTimeoutMs'?"],
  ])('%j are told what they are near to', (options, message) => {
    expect(refusal(() => new Camera(transport, misspelt(options)))).toBe(message);
  });

  it('are told so when they are no object', () => {
    expect(refusal(() => new Camera(transport, 5 as never))).toBe(
      'Camera takes its options as an object, not as number',
    );
  });
});
