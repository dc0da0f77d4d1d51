import { FirmwareSymbols } from '../../../lib/host/profile/firmware-symbols.js';
import { random } from '../../wire/random.js';
import { AT, tinyElf } from './tiny-elf.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' }) as Error;

const elf = tinyElf([
  { name: 'reset', value: 0x08000101, size: 16 },
  { name: 'main', value: 0x08000201, size: 0x40 },
  { name: 'loop', value: 0x08000241, size: 2 },
]);

/** A copy of it with a number put in. */
function changed(at: number, value: number, bytes: 1 | 2 | 4): Uint8Array<ArrayBuffer> {
  const copy = elf.slice();
  const view = new DataView(copy.buffer);
  if (bytes === 1) view.setUint8(at, value);
  else if (bytes === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  return copy;
}

/** Where a word of a section's header lies. */
const header = (section: number, word: number): number => AT.sections + AT.sectionBytes * section + 4 * word;

describe('FirmwareSymbols', () => {
  it.each([
    [0x08000100, 'reset'],
    [0x08000101, 'reset'],
    [0x0800010f, 'reset'],
    [0x08000110, undefined],
    [0x080000ff, undefined],
    [0x08000200, 'main'],
    [0x0800023f, 'main'],
    [0x08000240, 'loop'],
    [0x08000241, 'loop'],
    [0x08000242, undefined],
    [0, undefined],
    [0xffffffff, undefined],
  ])('finds what covers %d: from its address to before its end, the Thumb bit set or not', (address, name) => {
    expect(new FirmwareSymbols(elf).find(address)?.name).toBe(name);
  });

  it('tells address and size, without the Thumb bit', () => {
    const symbols = new FirmwareSymbols(elf);
    expect(symbols.find(0x08000205)).toEqual({ name: 'main', address: 0x08000200, size: 0x40 });
    expect(symbols.count).toBe(3);
  });

  it('takes functions alone, and of those none without a size or a place', () => {
    const symbols = new FirmwareSymbols(
      tinyElf([
        { name: 'variable', value: 0x100, size: 4, info: 0x11 },
        { name: 'file', value: 0x100, size: 4, info: 0x04 },
        { name: 'untyped', value: 0x100, size: 4, info: 0x10 },
        { name: 'empty', value: 0x100, size: 0 },
        { name: 'elsewhere', value: 0x100, size: 4, shndx: 0 },
        { name: 'local', value: 0x104, size: 4, info: 0x02 },
        { name: 'weak', value: 0x108, size: 4, info: 0x22 },
      ]),
    );
    expect(symbols.count).toBe(2);
    expect([0x100, 0x104, 0x108].map((address) => symbols.find(address)?.name)).toEqual([undefined, 'local', 'weak']);
  });

  it('finds a function that reaches over others', () => {
    const symbols = new FirmwareSymbols(
      tinyElf([
        { name: 'inner', value: 0x110, size: 4 },
        { name: 'outer', value: 0x100, size: 0x100 },
        { name: 'other', value: 0x120, size: 4 },
        { name: 'behind', value: 0x300, size: 4 },
      ]),
    );
    const at = (address: number) => symbols.find(address)?.name;
    expect([0x10f, 0x110, 0x114, 0x123, 0x124, 0x1ff, 0x200, 0x300].map(at)).toEqual([
      'outer', 'inner', 'outer', 'other', 'outer', 'outer', undefined, 'behind',
    ]); // prettier-ignore
  });

  it('finds the longer of two that begin at one place', () => {
    const symbols = new FirmwareSymbols(
      tinyElf([
        { name: 'long', value: 0x101, size: 16 },
        { name: 'short', value: 0x100, size: 4 },
      ]),
    );
    expect([0x102, 0x104].map((address) => symbols.find(address)?.name)).toEqual(['long', 'long']);
  });

  it('finds each of many, in whatever order they lie', () => {
    const next = random(5);
    const many = Array.from({ length: 5000 }, (_, i) => ({ name: `f${i}`, value: 0x08000001 + 32 * i, size: 32 }));
    const symbols = new FirmwareSymbols(tinyElf([...many].sort(() => next() - 0.5)));
    for (const [i, { value }] of many.entries()) expect(symbols.find(value + 31 * next())?.name).toBe(`f${i}`);
  });

  it('reads names of any characters, and those of no length', () => {
    const symbols = new FirmwareSymbols(
      tinyElf([
        { name: 'größe', value: 0x100, size: 4 },
        { name: '', value: 0x104, size: 4 },
      ]),
    );
    expect([symbols.find(0x100)?.name, symbols.find(0x104)?.name]).toEqual(['größe', '']);
  });

  it('holds none of the file, not even of a Buffer', () => {
    const file = Buffer.from(elf);
    const symbols = new FirmwareSymbols(file);
    file.fill(0xff);
    expect(symbols.find(0x08000200)?.name).toBe('main');
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('print("hello")\n'.repeat(10))],
    ['a part of its header', elf.subarray(0, 51)],
    ['a file of 64 bits', changed(4, 2, 1)],
    ['a big-endian file', changed(5, 2, 1)],
    ['no sections', changed(48, 0, 2)],
    ['section headers behind its end', changed(32, elf.length, 4)],
    ['section headers far behind its end', changed(32, 0xffffffff, 4)],
    ['more section headers than it has room for', changed(48, 0xffff, 2)],
    ['section headers that are too short', changed(46, 39, 2)],
    ['no symbols', changed(header(2, 1), 11, 4)],
    ['symbols behind its end', changed(header(2, 4), 0xfffffff0, 4)],
    ['more symbols than it has room for', changed(header(2, 5), 0xfffffff0, 4)],
    ['symbols of another size', changed(header(2, 9), 24, 4)],
    ['a torn symbol', changed(header(2, 5), 4 * 16 - 1, 4)],
    ['names in a section that is not there', changed(header(2, 6), 77, 4)],
    ['names in a section that is none of names', changed(header(2, 6), 2, 4)],
    ['names without an end', changed(elf.length - 1, 0x41, 1)],
    ['a name behind the names', changed(AT.sections + 4 * AT.sectionBytes + 16, 0xffff, 4)],
  ])('is malformed when it holds %s', (_, file) => {
    expect(() => new FirmwareSymbols(file)).toThrow(MALFORMED);
  });

  it('is MALFORMED or right for each byte that is damaged, and each length that is cut', () => {
    const attempt = (file: Uint8Array): void => {
      try {
        new FirmwareSymbols(file).find(0x08000200);
      } catch (error) {
        expect(error).toEqual(MALFORMED);
      }
    };
    for (let at = 0; at < elf.length; at++) {
      attempt(elf.subarray(0, at));
      for (const bit of [0x01, 0x80, 0xff]) attempt(changed(at, elf[at]! ^ bit, 1));
    }
  });

  it('says what to do without symbols', () => {
    expect(() => new FirmwareSymbols(changed(header(2, 1), 11, 4))).toThrow(/use the firmware\.elf of the build/);
  });
});
