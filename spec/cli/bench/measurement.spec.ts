import { type Measurement, measurementText } from '../../../lib/cli/bench/measurement.js';

describe('measurementText', () => {
  it.each<[Measurement, string]>([
    [{ measured: 'opening', milliseconds: 12.3 }, '12.3 ms'],
    [
      { measured: 'round trips', count: 900, p50Milliseconds: 0.2, p99Milliseconds: 1.5 },
      '0.2 ms, 99 of 100 within 1.5 ms',
    ],
    [{ measured: 'round trips', count: 0 }, 'none'],
    [
      { measured: 'frames', count: 50, framesPerSecond: 25, bytesPerFrame: 8000, megabytesPerSecond: 0.2 },
      '25 fps, 0.2 MB/s, 8000 bytes each',
    ],
    [{ measured: 'frames', count: 0 }, 'none: is a script capturing frames?'],
    [{ measured: 'frames', count: 1 }, 'only one: is a script capturing frames?'],
    [
      { measured: 'reading', channel: 'imu', count: 3, bytesPerReading: 100, megabytesPerSecond: 1.5 },
      '1.5 MB/s, imu of 100 bytes',
    ],
    [{ measured: 'reading', channel: 'imu', count: 0 }, 'imu was empty'],
    [
      { measured: 'link', sentPackets: 9, receivedPackets: 8, repeatedCommands: 2, receivedRepeats: 1, rejected: 4 },
      '9 packets sent, 8 received, 3 repeated, 4 rejected',
    ],
  ])('%j', (found, text) => expect(measurementText(found)).toBe(text));
});
