import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { structs } from '../../../lib/index.js';
import type { McapMessage } from '../../../lib/recording/format/topics.js';
import { exportNpy, type ExportNpyOptions } from '../../../lib/recording/index.js';
import { encodeWidgets, type DepthWidget } from '../../../lib/widgets/index.js';
import { jsonMessages, recordingFile, valueMessages } from '../support/recording-file.js';

const folder = mkdtempSync(join(tmpdir(), 'export-npy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'a.npy');

/** The head of the file, and what is behind it. */
async function npyOf(
  messages: readonly McapMessage[],
  options: ExportNpyOptions = {},
): Promise<{ head: string; data: Buffer }> {
  const recording = await recordingFile(join(folder, 'a.mcap'), messages);
  await lastValueFrom(exportNpy(recording, file, { overwrite: true, ...options }));
  const npy = readFileSync(file);
  expect([...npy.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const length = 10 + npy.readUInt16LE(8);
  expect([length % 64, npy[length - 1]]).toEqual([0, 0x0a]);
  return { head: npy.toString('latin1', 10, length).trimEnd(), data: npy.subarray(length) };
}

const bytesMessages = (...values: readonly Uint8Array[]) => valueMessages({ name: 'a', encoding: 'bytes' }, values);

const layout = {
  t: 'u64',
  gap: ['padding', 2],
  v: { x: 'f32', y: ['i16', 2] },
  grid: [['u8', 2], 2],
  name: ['chars', 4],
} as const;
const records = structs(layout).encode([
  {
    t: 2n ** 60n,
    v: { x: 0.5, y: [1, -1] },
    grid: [
      [1, 2],
      [3, 4],
    ],
    name: 'one',
  },
  {
    t: 7n,
    v: { x: -0.5, y: [2, -2] },
    grid: [
      [5, 6],
      [7, 8],
    ],
    name: 'two',
  },
]);

/** The program that these files are for. */
const hasNumpy = (() => {
  try {
    execFileSync('python3', ['-c', 'import numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const withNumpy = hasNumpy ? it : it.skip;

describe('exportNpy', () => {
  it('appends the dimensions of JSON lists to that of the values', async () => {
    const { head, data } = await npyOf(jsonMessages('a', [[[1, 2, 3]], [[4, 5, 6]]]));
    expect(head).toBe("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1, 3), }");
    expect([0, 8, 16, 24, 32, 40].map((at) => data.readDoubleLE(at))).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await npyOf(jsonMessages('a', [1, 'no', { x: 1 }, [[1], [2, 3]], 2]))).head).toContain("'shape': (2,)");
  });

  it('uses the given type and dimensions for bytes', async () => {
    const values = bytesMessages(Uint8Array.of(1, 0, 2, 0), Uint8Array.of(3, 0, 4, 0));
    const { head, data } = await npyOf(values, { type: 'i16' });
    expect(head).toContain("'descr': '<i2', 'fortran_order': False, 'shape': (2, 2)");
    expect([...data]).toEqual([1, 0, 2, 0, 3, 0, 4, 0]);
    expect((await npyOf(values, { type: 'u8', shape: [2, 2] })).head).toContain("'|u1'");
    await expect(npyOf(values)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(npyOf(values, { type: 'u8', shape: [3] })).rejects.toMatchObject({ code: 'MALFORMED' });
    await expect(npyOf(bytesMessages(Uint8Array.of(1)), { type: 'u16' })).rejects.toMatchObject({ code: 'MALFORMED' });
    expect(() => exportNpy('a', 'b', { type: 'u128' as 'u8' })).toThrow('u128');
    expect(() => exportNpy('a', 'b', { shape: [2] })).toThrow('shape');
  });

  it('writes the fields of records, one record after another', async () => {
    const half = records.subarray(0, records.length / 2);
    for (const messages of [valueMessages({ name: 'a', layout }, [records, half]), bytesMessages(records, half)]) {
      const { head, data } = await npyOf(messages, 'schema' in messages[0]!.topic ? {} : { layout });
      expect(head).toContain("[('t', '<u8'), ('', '|V2'), ('v', [('x', '<f4'), ('y', '<i2', (2,))])");
      expect(head).toContain("'shape': (3,)");
      expect(data).toHaveLength(1.5 * records.length);
    }
  });

  it('errors for more fields than NumPy can load, and suggests another way', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`field${at + 1}`, 'f32' as const]));
    await expect(npyOf(bytesMessages(new Uint8Array(2560)), { layout: many(640) })).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('type and shape') as string,
    });
    expect((await npyOf(bytesMessages(new Uint8Array(1600)), { layout: many(400) })).data).toHaveLength(1600);
  });

  it('writes a depth widget as a picture of distances, and a waveform as its samples', async () => {
    const depth: DepthWidget = { type: 'depth', name: 'd', width: 2, height: 1, data: Float32Array.of(0.5, 2) };
    const waveform = { type: 'waveform', name: 'w', series: 2, data: Int16Array.of(1, 2, 3, 4) } as const;
    const messages = valueMessages({ name: 'a', encoding: 'cbor' }, [encodeWidgets([depth, waveform])]);
    expect((await npyOf(messages)).head).toContain("'<f4', 'fortran_order': False, 'shape': (1, 1, 2)");
    const { head, data } = await npyOf(messages, { widget: 'w' });
    expect(head).toContain("'<i2', 'fortran_order': False, 'shape': (1, 2, 2)");
    expect(data.readInt16LE(6)).toBe(4);
  });

  it('errors if the dimensions change, and names them, or if there are none', async () => {
    await expect(npyOf(jsonMessages('a', [[1, 2], [1]]))).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringContaining("from 2 of '<f8' to 1 of '<f8'") as string,
    });
    await expect(npyOf(jsonMessages('a', ['text']))).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  withNumpy('is loaded by NumPy, names and all', async () => {
    await npyOf(valueMessages({ name: 'a', layout }, [records]));
    const script =
      'import json, numpy as np, sys; a = np.load(sys.argv[1]); print(json.dumps([' +
      '[int(x) for x in a["t"]], a["v"]["y"].tolist(), a["grid"].tolist(), [x.decode() for x in a["name"]]]))';
    expect(
      JSON.parse(execFileSync('python3', ['-c', script, file]).toString().replace('1152921504606846976', '0')),
    ).toEqual([
      [0, 7],
      [
        [1, -1],
        [2, -2],
      ],
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      ['one', 'two'],
    ]);
  });
});
