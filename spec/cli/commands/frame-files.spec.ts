import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameFiles, frameFileName } from '../../../lib/cli/commands/frames.js';

describe('frameFileName', () => {
  it.each([
    [1, 'jpeg', 'frame-000001.jpg'],
    [1234567, 'rgb565', 'frame-1234567.rgb565'],
    [42, 'png', 'frame-000042.png'],
  ])('%d, %s: %s', (number, format, name) => expect(frameFileName(number, format)).toBe(name));
});

describe('FrameFiles', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'openmv-rx-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const frame = (...data: number[]): { format: 'jpeg'; data: Uint8Array<ArrayBuffer> } => ({
    format: 'jpeg',
    data: Uint8Array.from(data),
  });

  it('creates its folder and saves frames in it', () => {
    const files = new FrameFiles(join(folder, 'a', 'b'), false);
    expect(files.save(1, frame(1))).toBe(join(folder, 'a', 'b', 'frame-000001.jpg'));
    expect([...readFileSync(join(folder, 'a', 'b', 'frame-000001.jpg'))]).toEqual([1]);
  });

  it("says why a folder can't be created, and what to try", () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    const other = 'use another folder';
    expect(() => new FrameFiles(file, true)).toThrow(`${file} exists, but is not a folder; ${other}`);
    expect(() => new FrameFiles(join(file, 'x'), true)).toThrow(/: a part of its path is not a folder; /);
    // In a folder that takes none, where mkdir -p of Node never returns.
    expect(() => new FrameFiles('/proc/openmv-rx', true)).toThrow(/^\/proc\/openmv-rx can't be written: [^:]+; use/);
    expect(() => new FrameFiles('/proc/openmv-rx/deeper', true)).toThrow(/can't be written/);
  });

  it("says which frame can't be written, and why", () => {
    const path = join(folder, frameFileName(1, 'jpeg'));
    mkdirSync(path);
    expect(() => new FrameFiles(folder, true).save(1, frame(1))).toThrow(`${path} can't be written: it is a folder`);
  });

  it('overwrites nothing unless asked to', () => {
    new FrameFiles(folder, false).save(1, frame(1));
    expect(() => new FrameFiles(folder, false).save(1, frame(2))).toThrow(/--overwrite/);
    expect([...readFileSync(join(folder, 'frame-000001.jpg'))]).toEqual([1]);
    new FrameFiles(folder, true).save(1, frame(2));
    expect([...readFileSync(join(folder, 'frame-000001.jpg'))]).toEqual([2]);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
