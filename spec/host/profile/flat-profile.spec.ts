import { FirmwareSymbols } from '../../../lib/host/profile/firmware-symbols.js';
import { flatProfile } from '../../../lib/host/profile/flat-profile.js';
import { UNMEASURED_TICKS } from '../../../lib/wire/payloads/profile.js';
import { record } from './profiles.js';
import { tinyElf } from './tiny-elf.js';

const symbols = new FirmwareSymbols(
  tinyElf([
    { name: 'find_blobs', value: 0x08001001, size: 0x100 },
    { name: 'snapshot', value: 0x08002001, size: 0x100 },
  ]),
);

describe('flatProfile', () => {
  it('names the functions, that with the most time first', () => {
    const records = [
      record(0x08001001, { calls: 4, minTicks: 10, maxTicks: 40, totalTicks: 100, totalCycles: 4800, events: [7, 8] }),
      record(0x08002000, { totalTicks: 900 }),
    ];
    const rows = flatProfile(records, symbols);
    expect(rows.map(({ name }) => name)).toEqual(['snapshot', 'find_blobs']);
    expect(rows[1]).toEqual({
      name: 'find_blobs',
      address: 0x08001000,
      calls: 4,
      totalTicks: 100,
      meanTicks: 25,
      minTicks: 10,
      maxTicks: 40,
      totalCycles: 4800,
      events: [7, 8],
    });
  });

  it('lets an address stand for itself that no symbol covers, and all without symbols', () => {
    expect(flatProfile([record(0x301)], symbols)[0]).toMatchObject({ name: '0x00000300', address: 0x300 });
    expect(flatProfile([record(0xfffffff1)])[0]).toMatchObject({ name: '0xfffffff0', address: 0xfffffff0 });
  });

  it('knows no shortest run before the first has ended', () => {
    const [row] = flatProfile([record(2, { calls: 0, minTicks: UNMEASURED_TICKS, maxTicks: 0, totalTicks: 0 })]);
    expect(row).toMatchObject({ calls: 0, minTicks: undefined, meanTicks: 0 });
  });

  it('puts the records of one function together', () => {
    const rows = flatProfile(
      [
        record(0x08001001, { calls: 1, minTicks: UNMEASURED_TICKS, maxTicks: 5, totalTicks: 5, events: [1] }),
        record(0x08001080, { calls: 3, minTicks: 2, maxTicks: 9, totalTicks: 15, totalCycles: 10, events: [10] }),
      ],
      symbols,
    );
    expect(rows).toEqual([
      {
        name: 'find_blobs',
        address: 0x08001000,
        calls: 4,
        totalTicks: 20,
        meanTicks: 5,
        minTicks: 2,
        maxTicks: 9,
        totalCycles: 11,
        events: [11],
      },
    ]);
  });

  it('is empty for an empty profile', () => {
    expect(flatProfile([], symbols)).toEqual([]);
  });
});
