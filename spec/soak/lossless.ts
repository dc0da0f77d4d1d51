import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { Camera } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { readRecording, record } from '../../lib/recording/index.js';
import { alwaysBusy, takeFrames, WAYS } from '../scenarios/lossless.js';
import type { Figures } from './main.js';

const CHANNELS = [['imu'], ['imu', 'config', 'frame', 'controls']];

/** Whether each frame that a camera publishes is had, beside channels that are never idle: in virtual time, and recorded to a disk. */
export async function* lossless(frames: number): AsyncGenerator<Figures> {
  for (const way of Object.keys(WAYS)) {
    const { numbers, published, failure } = takeFrames(way, frames);
    yield figures({ way, frames, published }, numbers, failure === undefined && published <= frames + 1);
  }
  for (const channels of CHANNELS) yield await recorded(frames, channels);
}

async function recorded(frames: number, channels: readonly string[]): Promise<Figures> {
  let published = 0;
  const device = new VirtualCamera({
    framesPerSecond: 200,
    frameSource: () => Uint8Array.of(published, published >> 8, published++ >> 16, ...new Uint8Array(5000)),
  });
  const camera = new Camera(device.transport());
  const folder = await mkdtemp(join(tmpdir(), 'lossless-'));
  const file = join(folder, 'a.mcap');
  try {
    const beside = alwaysBusy(camera).subscribe();
    const { dropped } = await lastValueFrom(record(camera, { file, channels, maxFrames: frames }));
    beside.unsubscribe();
    const numbers: number[] = [];
    for await (const entry of readRecording(file)) {
      if (entry.kind !== 'frame') continue;
      const [a = 0, b = 0, c = 0] = entry.frame.data;
      numbers.push(a | (b << 8) | (c << 16));
    }
    return figures({ way: `record, with ${channels.join(', ')}`, frames, published, dropped }, numbers, dropped === 0);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function figures(what: object, numbers: readonly number[], sound: boolean): Figures {
  const missing = numbers.filter((number, i) => i > 0 && number !== numbers[i - 1]! + 1).length;
  return { name: 'lossless', held: sound && missing === 0, ...what, ...{ came: numbers.length, missing } };
}
