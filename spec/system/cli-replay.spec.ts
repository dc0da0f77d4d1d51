import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { McapWriter } from '@mcap/core';
import { Camera } from 'openmv-rx';
import { serialPort } from 'openmv-rx/serialport';
import { filter, firstValueFrom, map, take, toArray } from 'rxjs';
import { expectOneLineFailure, jsonLines, run } from './command.js';
import { temporaryFolder } from './pty.js';
import { startPrinting } from './support/printed-lines.js';

describe('openmv-rx replay', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('of what is no recording says what it takes, and nothing of cameras', async () => {
    const file = join(folder, 'foreign.mcap');
    writeFileSync(file, 'nothing of the kind');
    const outcome = await run(['replay', file, '--tcp', '0']);
    expectOneLineFailure(outcome, /not an MCAP file.*; choose a recording of "openmv-rx record" or a wire capture/);
    expect(outcome.stderr).not.toMatch(/firmware/);
  });

  it.each([
    ['is compressed in a way that nobody knows', 'snappy', /snappy/],
    ['holds only messages of another program', undefined, /contains nothing that can be played; choose a recording/],
  ])('refuses a file that %s before it serves it', async (_, compression, says) => {
    const parts: Uint8Array[] = [];
    const writer = new McapWriter({
      writable: {
        write: (bytes) => Promise.resolve(void parts.push(bytes.slice())),
        position: () => BigInt(parts.reduce((sum, { length }) => sum + length, 0)),
      },
      ...(compression && { compressChunk: (compressedData) => ({ compression, compressedData }) }),
    });
    await writer.start();
    await writer.addMetadata({ name: 'another', metadata: new Map() });
    const channel = { topic: '/x', schemaId: 0, messageEncoding: '', metadata: new Map<string, string>() };
    const channelId = await writer.registerChannel(channel);
    await writer.addMessage({ channelId, sequence: 0, logTime: 0n, publishTime: 0n, data: new Uint8Array(100) });
    await writer.end();
    const file = join(folder, 'another.mcap');
    writeFileSync(file, Buffer.concat(parts));
    expectOneLineFailure(await run(['replay', file, '--tcp', '0']), says);
  });

  it('at a serial port waits for each host, plays it the whole recording, and tells once that it is played', async () => {
    const file = join(folder, 'ten.mcap');
    const port = join(folder, 'camera');
    await run(['record', file, '--virtual', '--frames', '10']);
    const replay = startPrinting('replay', file, '--pty', port, '--speed', 'fast');
    await replay.line('pty');
    const seen: number[][] = [];
    for (let host = 0; host < 2; host++) {
      const camera = new Camera(serialPort(port), { closeAfterMs: 0 });
      const indices$ = camera.frames$.pipe(
        take(10),
        map(({ index }) => index),
        toArray(),
      );
      seen.push(await firstValueFrom(indices$));
      await firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'closed')));
    }
    expect(seen[0]).toHaveLength(10);
    expect(seen[1]).toEqual(seen[0]);
    await replay.end();
    const ends = jsonLines((await replay.finished).stdout).filter((line) => 'ended' in line);
    expect(ends).toEqual(Array(2).fill(expect.objectContaining({ ended: true, frames: 10 })));
  });
});
