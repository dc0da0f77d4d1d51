import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { exportWav, type ExportWavOptions } from '../../../lib/recording/index.js';
import { encodeWidgets, type Samples, type WaveformWidget } from '../../../lib/widgets/index.js';
import { recordingFile, valueMessages } from '../support/recording-file.js';

const folder = mkdtempSync(join(tmpdir(), 'export-wav-'));
afterAll(() => rmSync(folder, { recursive: true }));

function waveform(data: Samples, changes: Partial<WaveformWidget> = {}): WaveformWidget {
  return { type: 'waveform', name: 'signal', series: 1, data, samplePeriod: 1 / 1000, ...changes };
}

async function wavOf(values: readonly WaveformWidget[], options: ExportWavOptions = {}): Promise<Buffer> {
  const messages = valueMessages(
    { name: 'panel', encoding: 'cbor' },
    values.map((one) => encodeWidgets([{ type: 'label', name: 'l', value: 1 }, one])),
  );
  const recording = await recordingFile(join(folder, 'a.mcap'), messages);
  const file = join(folder, 'a.wav');
  await lastValueFrom(exportWav(recording, file, { overwrite: true, ...options }));
  return readFileSync(file);
}

/** The chunks of a RIFF file, by name, and what the format says. */
function parsed(wav: Buffer) {
  expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 12)).toBe('RIFFWAVE');
  expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
  const chunks: Record<string, Buffer> = {};
  for (let at = 12; at < wav.length;) {
    const length = wav.readUInt32LE(at + 4);
    chunks[wav.toString('latin1', at, at + 4)] = wav.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  const format = chunks['fmt ']!;
  const [tag, series, bits] = [format.readUInt16LE(0), format.readUInt16LE(2), format.readUInt16LE(14)];
  expect([format.readUInt32LE(8), format.readUInt16LE(12)]).toEqual([
    (format.readUInt32LE(4) * series * bits) / 8,
    (series * bits) / 8,
  ]);
  return { tag, series, rate: format.readUInt32LE(4), bits, data: chunks['data']!, fact: chunks['fact'] };
}

describe('exportWav', () => {
  it('writes the samples of all values and all series', async () => {
    const wav = await wavOf([
      waveform(Int16Array.of(1, -1, 2, -2), { series: 2 }),
      waveform(Int16Array.of(3, -32768), { series: 2 }),
    ]);
    const { data, ...format } = parsed(wav);
    expect(format).toMatchObject({ tag: 1, series: 2, rate: 1000, bits: 16 });
    expect([0, 2, 4, 6, 8, 10].map((at) => data.readInt16LE(at))).toEqual([1, -1, 2, -2, 3, -32768]);
  });

  it.each([
    [Int8Array.of(-128, 0, 127), 8, [0, 128, 255]],
    [Uint8Array.of(0, 128, 255), 8, [0, 128, 255]],
    [Uint16Array.of(0, 0x8000, 0xffff), 16, [0, 0x80, 0, 0, 0xff, 0x7f]],
  ])('shifts %j of unsigned and signed samples to the range of the format', async (samples, bits, bytes) => {
    const found = parsed(await wavOf([waveform(samples)]));
    expect(found).toMatchObject({ tag: 1, bits });
    expect([...found.data]).toEqual(bytes);
  });

  it('writes floats as floats, and says how many there are', async () => {
    const found = parsed(await wavOf([waveform(Float32Array.of(0.5, -1), { series: 2 })]));
    expect(found).toMatchObject({ tag: 3, bits: 32, series: 2 });
    expect([found.data.readFloatLE(0), found.data.readFloatLE(4), found.fact?.readUInt32LE(0)]).toEqual([0.5, -1, 1]);
  });

  it('writes samples that were read twice only once, and skips values without samples', async () => {
    const wav = await wavOf([
      waveform(new Uint8Array(0)),
      waveform(Uint8Array.of(1), { timeUs: 5 }),
      waveform(Uint8Array.of(1), { timeUs: 5 }),
      waveform(Uint8Array.of(2), { timeUs: 6 }),
    ]);
    expect([...parsed(wav).data]).toEqual([1, 2]);
  });

  it('asks for the rate if the waveform has none', async () => {
    const without = { type: 'waveform', name: 'signal', series: 1, data: Uint8Array.of(1) } as const;
    await expect(wavOf([without])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(parsed(await wavOf([without], { sampleRate: 8000 })).rate).toBe(8000);
    expect(() => exportWav('a', 'b', { sampleRate: 0.5 })).toThrow('sampleRate');
  });

  it('errors for a waveform that changes, or that is missing', async () => {
    const changes = [waveform(Uint8Array.of(1)), waveform(Int8Array.of(1))];
    await expect(wavOf(changes)).rejects.toMatchObject({ code: 'MALFORMED' });
    await expect(wavOf([waveform(Uint8Array.of(1))], { widget: 'other' })).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringContaining("'other'") as string,
    });
  });
});
