import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import type { McapMessage } from '../../../lib/recording/format/topics.js';
import { exportCsv, type ExportChannelOptions } from '../../../lib/recording/index.js';
import { structs } from '../../../lib/index.js';
import { controls } from '../../../lib/virtual/controls.js';
import { cbor } from '../../../lib/widgets/index.js';
import { jsonMessages, recordingFile, valueMessages } from '../support/recording-file.js';

const folder = mkdtempSync(join(tmpdir(), 'export-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function csvOf(messages: readonly McapMessage[], options: ExportChannelOptions = {}): Promise<string> {
  const recording = await recordingFile(join(folder, 'a.mcap'), messages);
  const file = join(folder, 'a.csv');
  await lastValueFrom(exportCsv(recording, file, { overwrite: true, ...options }));
  return readFileSync(file, 'utf8');
}

describe('exportCsv', () => {
  it('makes a column for each field of all values, also of nested objects and lists', async () => {
    const values = [
      { a: 1, in: { x: 0.5 }, list: [1, 2] },
      { a: null, late: 'yes' },
    ];
    expect(await csvOf(jsonMessages('config', values))).toBe(
      'receivedAt,a,in.x,list.0,list.1,late\n1000,1,0.5,1,2,\n1100,,,,,yes\n',
    );
  });

  it('quotes characters that would end a cell', async () => {
    expect(await csvOf(jsonMessages('config', [{ 'a,b': 'say "yes"', c: 'two\nlines' }]))).toBe(
      'receivedAt,"a,b",c\n1000,"say ""yes""","two\nlines"\n',
    );
  });

  it('writes a row for each record of a list, with the columns of their layout', async () => {
    const layout = { t: 'u64', v: { x: 'i16' } } as const;
    const bytes = structs(layout).encode([
      { t: 2n ** 60n, v: { x: -1 } },
      { t: 5n, v: { x: 7 } },
    ]);
    const table = 'receivedAt,t,v.x\n1000,1152921504606846976,-1\n1000,5,7\n';
    expect(await csvOf(valueMessages({ name: 'imu', layout }, [bytes]))).toBe(table);
    expect(await csvOf(valueMessages({ name: 'imu', encoding: 'bytes' }, [bytes]), { layout })).toBe(table);
    expect(await csvOf(jsonMessages('list', [[{ a: 1 }, { a: 2 }]]))).toBe('receivedAt,a\n1000,1\n1000,2\n');
  });

  it('writes the keys of CBOR maps, and a column for each widget that has a value', async () => {
    const map = new Map<unknown, unknown>([
      [1, 20.5],
      ['b', Uint8Array.of(1, 2)],
    ]);
    const plain = valueMessages({ name: 'c', encoding: 'cbor' }, [cbor().encode(map)]);
    expect(await csvOf(plain)).toBe('receivedAt,1,b\n1000,20.5,AQI=\n');
    const panel = controls(() => 0).read(0, 1e6);
    const [head = '', row = ''] = (await csvOf(valueMessages({ name: 'c', encoding: 'cbor' }, [panel]))).split('\n');
    expect(head.split(',')).toEqual(expect.arrayContaining(['receivedAt', 'gain', 'shape', 'temperature']));
    expect(head).not.toContain('distance');
    expect(row).toMatch(/^1000,/);
  });

  it('asks for the layout of bytes, and leaves out values that do not fit their encoding', async () => {
    await expect(csvOf(valueMessages({ name: 'imu', encoding: 'bytes' }, [Uint8Array.of(1)]))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('layout') as string,
    });
    const broken = valueMessages({ name: 'j', encoding: 'json' }, [Uint8Array.of(0x7b), Uint8Array.of(0x31)]);
    expect(await csvOf(broken)).toBe('receivedAt,value\n1100,1\n');
  });

  it('errors if there are too many columns', async () => {
    const value = Array.from({ length: 20_000 }, (_, at) => at);
    await expect(csvOf(jsonMessages('list', [value]))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});
