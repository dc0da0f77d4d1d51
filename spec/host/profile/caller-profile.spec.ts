import { callerProfile } from '../../../lib/host/profile/caller-profile.js';
import { FirmwareSymbols } from '../../../lib/host/profile/firmware-symbols.js';
import { record } from './profiles.js';
import { tinyElf } from './tiny-elf.js';

const symbols = new FirmwareSymbols(
  tinyElf([
    { name: 'main', value: 0x101, size: 0x100 },
    { name: 'work', value: 0x301, size: 0x10 },
    { name: 'rest', value: 0x401, size: 0x10 },
    { name: 'sleep', value: 0x501, size: 0x10 },
  ]),
);

describe('callerProfile', () => {
  const records = [
    // Two places of main call, and work calls one.
    record(0x301, { caller: 0x121, totalTicks: 50 }),
    record(0x401, { caller: 0x1ff, totalTicks: 30 }),
    record(0x501, { caller: 0x30a, totalTicks: 40 }),
  ];

  it('puts functions below the one that they were called from, the most time first', () => {
    expect(
      callerProfile(records, symbols).map(({ name, totalTicks, called }) => [
        name,
        totalTicks,
        called.map((callee) => callee.name),
      ]),
    ).toEqual([
      ['main', 80, ['work', 'rest']],
      ['work', 40, ['sleep']],
    ]);
  });

  it('lets each place of a call stand for itself without symbols', () => {
    expect(callerProfile(records).map(({ name, address }) => [name, address])).toEqual([
      ['0x00000120', 0x120],
      ['0x0000030a', 0x30a],
      ['0x000001fe', 0x1fe],
    ]);
  });
});
