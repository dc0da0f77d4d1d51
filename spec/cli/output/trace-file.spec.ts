import { Writable } from 'node:stream';
import { TraceLines } from '../../../lib/cli/output/trace-file.js';

const entry = (at: number) => ({ at, kind: 'resynchronised', cause: 'x'.repeat(1000), tookMs: 1 }) as const;

describe('the lines of a trace', () => {
  it('are dropped while the disk is too slow, and one line says how many', async () => {
    const written: string[] = [];
    const taken: (() => void)[] = [];
    const disk = new Writable({
      decodeStrings: false,
      write: (line: string, _, done) => {
        written.push(line);
        taken.push(done);
      },
    });
    const lines = new TraceLines(disk);
    for (let at = 0; at < 2000; at++) lines.write(entry(at));
    expect(disk.writableLength).toBeLessThan(1024 * 1024 + 2000);
    lines.writeDropped();
    while (disk.writableLength > 0) {
      taken.shift()?.();
      await new Promise(setImmediate);
    }
    const kept = written.filter((line) => line.includes('resynchronised')).length;
    expect(kept).toBeGreaterThan(900);
    expect(written.at(-1)).toBe(`dropped ${2000 - kept} lines: the disk was too slow\n`);
    lines.write(entry(2000));
    expect(written.at(-1)).toMatch(/^2000 resynchronised/);
  });
});
