import { Camera } from '../../lib/index.js';
import { memoryPair } from '../../lib/testing.js';
import { isOpenMVError } from '../../lib/errors.js';
import {
  capture,
  exportCsv,
  exportFrames,
  exportNpy,
  exportText,
  exportVideo,
  exportWav,
  inspectRecording,
  readRecording,
  record,
  replay,
} from '../../lib/recording/index.js';
import { inMemory, record as recordInPage, saveTo } from 'openmv-rx/web-recording';

const [transport] = memoryPair();
const camera = new Camera(transport);
/** As plain JavaScript gives it. */
const wrong = (value: unknown): never => value as never;
const file = 'never-made.mcap';

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isOpenMVError(error, 'INVALID_ARGUMENT')) return error.message;
    throw error;
  }
  return 'it was accepted';
}

describe('an argument of a wrong type', () => {
  it.each<[string, () => unknown, string]>([
    ['file of record', () => record(camera, { file: wrong(5) }), 'file must be a path, not 5'],
    ['options of record', () => record(camera, wrong(undefined)), 'file must be a path, not undefined'],
    ['options of record in a page', () => recordInPage(camera, wrong(undefined)), 'takes its options as an object'],
    ['storage of record in a page', () => recordInPage(camera, wrong({ file })), 'storage must have a create method'],
    ['camera of record', () => record(wrong('/dev/ttyACM0'), { file }), 'a Camera, or inputs'],
    ['durationMs', () => record(camera, { file, durationMs: wrong('1000') }), "a number above 0, not '1000'"],
    ['maxFrames', () => record(camera, { file, maxFrames: 2.5 }), 'maxFrames must be a whole number'],
    ['chunkBytes', () => record(camera, { file, chunkBytes: wrong(null) }), 'chunkBytes must be a number'],
    ['overwrite', () => record(camera, { file, overwrite: wrong('yes') }), "true or false, not 'yes'"],
    ['text', () => record(camera, { file, text: wrong(1) }), 'text must be true or false'],
    ['events', () => record(camera, { file, events: wrong(0) }), 'events must be true or false'],
    ['frames', () => record(camera, { file, frames: wrong(null) }), 'frames must be'],
    ['frames.everyMs', () => record(camera, { file, frames: wrong({ everyMs: '5' }) }), 'frames must be'],
    ['an option of frames', () => record(camera, { file, frames: wrong({ everyMs: 5, ms: 1 }) }), 'frames must be'],
    ['until$', () => record(camera, { file, until$: wrong(5) }), 'until$ must be an Observable'],
    ['split', () => record(camera, { file, split: wrong(1e6) }), 'split takes its options as an object'],
    ['an option of split', () => record(camera, { file, split: wrong({ byte: 1 }) }), "did you mean 'bytes'"],
    ['split.bytes', () => record(camera, { file, split: { bytes: wrong('1') } }), 'split.bytes must be a number'],
    ['channels', () => record(camera, { file, channels: wrong('imu') }), 'channels must be a list'],
    ['a channel', () => record(camera, { file, channels: [wrong(5)] }), 'takes its options as an object'],
    ['the name of a channel', () => record(camera, { file, channels: [wrong({ name: 5 })] }), 'with a name'],
    ['an option of a channel', () => record(camera, { file, channels: [wrong({ name: 'a', kind: 'json' })] }), 'kind'],
    ['scheduler of record', () => record(camera, { file, scheduler: wrong({}) }), 'a scheduler of RxJS'],
    ['maxBytes', () => inMemory({ maxBytes: wrong('5') }), "maxBytes must be a number above 0, not '5'"],
    ['an option of inMemory', () => inMemory(wrong({ maxbyte: 5 })), "did you mean 'maxBytes'"],
    ['options of inMemory', () => inMemory(wrong(5)), 'inMemory takes its options as an object'],
    ['a path for saveTo', () => saveTo(wrong('flight.mcap')), 'saveTo takes the handle'],
    ['nothing for saveTo', () => saveTo(wrong(undefined)), 'saveTo takes the handle'],
    ['null for saveTo', () => saveTo(wrong(null)), 'saveTo takes the handle'],
    ['a handle without functions', () => saveTo(wrong({ kind: 'file', name: 'a' })), 'saveTo takes the handle'],
    ['a folder without functions', () => saveTo(wrong({ kind: 'directory' })), 'saveTo takes the handle'],
    ['transport of capture', () => capture(wrong('/dev/ttyACM0'), file), 'capture takes a transport'],
    ['file of capture', () => capture(transport, wrong(undefined)), 'file must be a path'],
    ['overwrite of capture', () => capture(transport, file, { overwrite: wrong(1) }), 'overwrite must be'],
    ['scheduler of capture', () => capture(transport, file, { scheduler: wrong(1) }), 'scheduler must be'],
    ['file of inspectRecording', () => inspectRecording(wrong(undefined)), 'file must be a path, not undefined'],
    ['recording of exportText', () => exportText(wrong(undefined), 'a'), 'recording must be a path'],
    ['file of exportText', () => exportText(file, wrong(undefined)), 'file must be a path, not undefined'],
    ['overwrite of exportText', () => exportText(file, 'a', { overwrite: wrong('no') }), "true or false, not 'no'"],
    ['file of exportCsv', () => exportCsv(file, wrong(5)), 'file must be a path'],
    ['channel of exportCsv', () => exportCsv(file, 'a', { channel: wrong(5) }), 'channel must be a name'],
    ['layout of exportCsv', () => exportCsv(file, 'a', { layout: wrong({ a: 'u9' }) }), 'u9'],
    ['byteOrder of exportCsv', () => exportCsv(file, 'a', { byteOrder: wrong('>') }), 'byteOrder must be'],
    ['file of exportNpy', () => exportNpy(file, wrong(null)), 'file must be a path'],
    [
      'shape of exportNpy',
      () => exportNpy(file, 'a', { type: 'f32', shape: wrong(3) }),
      'shape must consist of whole numbers',
    ],
    ['widget of exportNpy', () => exportNpy(file, 'a', { widget: wrong(1) }), 'widget must be a name'],
    ['file of exportWav', () => exportWav(file, wrong({})), 'file must be a path'],
    ['overwrite of exportWav', () => exportWav(file, 'a', { overwrite: wrong(1) }), 'overwrite must be'],
    ['recording of exportFrames', () => exportFrames(wrong(5), 'a'), 'recording must be a path'],
    ['folder of exportFrames', () => exportFrames(file, wrong({ overwrite: true })), 'folder must be a path'],
    ['overwrite of exportFrames', () => exportFrames(file, 'a', { overwrite: wrong(1) }), 'overwrite must be'],
    ['video of exportVideo', () => exportVideo(file, wrong(undefined)), 'video must be a path'],
    ['framesPerSecond', () => exportVideo(file, 'a.mp4', { framesPerSecond: wrong('5') }), 'framesPerSecond must be'],
    ['ffmpeg', () => exportVideo(file, 'a.mp4', { ffmpeg: wrong(true) }), 'ffmpeg must be a path'],
    ['file of readRecording', () => readRecording(wrong(5)), 'file must be a path'],
    ['file of replay', () => replay(wrong(5)), 'file must be a path'],
    ['fromMs', () => replay(file, { fromMs: wrong('5') }), 'fromMs must be a number'],
    ['speed', () => replay(file, { speed: wrong('2') }), 'speed must be a number'],
    ['loop', () => replay(file, { loop: wrong(1) }), 'loop must be true or false'],
    ['stay', () => replay(file, { stay: wrong('no') }), 'stay must be true or false'],
    ['name', () => replay(file, { name: wrong(5) }), 'name must be text'],
    ['scheduler of replay', () => replay(file, { scheduler: wrong('fast') }), 'scheduler must be'],
    ['a position to seek', () => replay(file).seek(wrong('5')), 'seek takes a number of milliseconds'],
    ['a speed to set', () => replay(file).setSpeed(wrong('2')), 'speed must be a number'],
    ['frames to step', () => replay(file).step(wrong('2')), 'the frames of a step must be a whole number'],
  ])('is refused at the call: %s', (_, call, words) => {
    expect(refusal(call)).toContain(words);
  });
});
