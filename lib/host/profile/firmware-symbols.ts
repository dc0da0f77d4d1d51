import { isBytes, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { decodeUtf8, viewOf } from '../../wire/payloads/layout.js';

/** A function of the firmware. */
export interface FunctionSymbol {
  readonly name: string;
  /** The address of its first byte, without the Thumb bit. */
  readonly address: number;
  /** The size in bytes. */
  readonly size: number;
}

/**
 * The functions of a camera's firmware, which map the addresses in a profile to names.
 *
 * They come from the ELF file of exactly the firmware that the camera runs, with its symbols (`.symtab`). Holds the names and 12 bytes per function, but not
 * the file.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { FirmwareSymbols } from 'openmv-rx/profile';
 *
 * const symbols = new FirmwareSymbols(await readFile('firmware.elf'));
 * console.log(symbols.find(0x08041235)?.name);
 * ```
 */
export class FirmwareSymbols {
  readonly #names: Uint8Array<ArrayBuffer>;
  /** Sorted by address, then by length. */
  readonly #functions: readonly FunctionEntry[];
  /** For each function, the furthest end of it and all before it: `find` can stop there. */
  readonly #reach: readonly number[];

  /**
   * @param elf the bytes of the file: ELF32, little-endian
   * @throws {OpenMVError} `MALFORMED` if it is not such a file, is damaged, or has no symbols.
   */
  constructor(elf: Uint8Array) {
    requireArgument(isBytes(elf), 'FirmwareSymbols needs the bytes of a firmware.elf', elf);
    const sections = elfSections(elf);
    const table = sections.find(({ type }) => type === SYMTAB);
    if (table === undefined) {
      throw malformed('the ELF file has no symbols (.symtab): use the firmware.elf of the build, not a stripped one');
    }
    this.#names = namesOf(sections, table);
    this.#functions = functionsIn(table, this.#names.length);
    let furthest = 0;
    this.#reach = this.#functions.map(({ end }) => (furthest = Math.max(furthest, end)));
  }

  /** The number of functions. */
  get count(): number {
    return this.#functions.length;
  }

  /** Returns the function that contains an address, or `undefined`. Bit 0 of the address, the Thumb bit, is ignored. */
  find(address: number): FunctionSymbol | undefined {
    const wanted = withoutThumb(address);
    for (let at = this.#lastFrom(wanted); at >= 0 && (this.#reach[at] as number) > wanted; at--) {
      const { address: start, end, name } = this.#functions[at] as FunctionEntry;
      if (end > wanted) return { name: this.#nameAt(name), address: start, size: end - start };
    }
    return undefined;
  }

  /** The index of the last function that begins at or before `address`, or -1. */
  #lastFrom(address: number): number {
    let [low, high] = [0, this.#functions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#functions[middle] as FunctionEntry).address <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #nameAt(offset: number): string {
    return decodeUtf8(this.#names.subarray(offset, this.#names.indexOf(0, offset)));
  }
}

interface FunctionEntry {
  readonly address: number;
  readonly end: number;
  /** The offset of the name in the table of names. */
  readonly name: number;
}

const SYMTAB = 2;
const STRTAB = 3;
const SYMBOL_BYTES = 16;
const FUNC = 2;

/** Clears bit 0: code has even addresses, and an odd address marks Thumb code. */
export function withoutThumb(address: number): number {
  return (address & ~1) >>> 0;
}

/** Copies the names, so that the file can be freed. */
function namesOf(sections: readonly ElfSection[], { link }: ElfSection): Uint8Array<ArrayBuffer> {
  const names = sections[link];
  if (names?.type !== STRTAB || names.bytes.at(-1) !== 0) {
    throw malformed(`section ${link} of the ELF file is not a table of names, although its symbols refer to it`);
  }
  return new Uint8Array(names.bytes);
}

function functionsIn({ bytes, entryBytes }: ElfSection, namesLength: number): FunctionEntry[] {
  if (entryBytes !== SYMBOL_BYTES || bytes.length % SYMBOL_BYTES !== 0) {
    throw malformed(
      `a symbol has ${SYMBOL_BYTES} bytes, but the ELF file has symbols of ${entryBytes} bytes in a section of ${bytes.length}`,
    );
  }
  const view = viewOf(bytes);
  const functions: FunctionEntry[] = [];
  for (let at = 0; at < bytes.length; at += SYMBOL_BYTES) {
    const size = view.getUint32(at + 8, true);
    const isDefined = view.getUint16(at + 14, true) !== 0;
    if ((view.getUint8(at + 12) & 0xf) !== FUNC || size === 0 || !isDefined) continue;
    const [name, address] = [view.getUint32(at, true), withoutThumb(view.getUint32(at + 4, true))];
    if (name >= namesLength) {
      throw malformed(`the name of symbol ${at / SYMBOL_BYTES} is outside the ELF file's table of names`);
    }
    functions.push({ address, end: address + size, name });
  }
  return functions.sort((a, b) => a.address - b.address || a.end - b.end);
}

/** A section of an ELF file. */
interface ElfSection {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** The number of a related section: for a symbol table, the section with its names. */
  readonly link: number;
  /** The bytes of one entry, if the section is a table. */
  readonly entryBytes: number;
}

const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/**
 * The sections of a 32-bit little-endian ELF file, as views.
 *
 * @throws {OpenMVError} `MALFORMED` if it is not such a file, or a section is outside it.
 */
function elfSections(file: Uint8Array): ElfSection[] {
  if (file.length < HEADER_BYTES || MAGIC.some((byte, at) => file[at] !== byte))
    throw malformed('the file is not an ELF file');
  if (file[4] !== 1 || file[5] !== 1) {
    throw malformed("the file is not a camera's firmware, which is a 32-bit little-endian ELF file");
  }
  const view = viewOf(file);
  const [offset, size, count] = [view.getUint32(32, true), view.getUint16(46, true), view.getUint16(48, true)];
  if (count > 0 && size < SECTION_HEADER_BYTES) {
    throw malformed(`a section header has ${SECTION_HEADER_BYTES} bytes, but those of the ELF file have ${size}`);
  }
  if (offset + size * count > file.length) {
    throw malformed(`${count} section headers at ${offset} are outside the ELF file, which has ${file.length} bytes`);
  }
  return Array.from({ length: count }, (_, number) => section(file, view, offset + size * number, number));
}

/** Sections without bytes in the file: SHT_NULL and SHT_NOBITS. Ignore their offset and size. */
const WITHOUT_BYTES = new Set([0, 8]);

function section(file: Uint8Array, view: DataView, at: number, number: number): ElfSection {
  const word = (index: number): number => view.getUint32(at + 4 * index, true);
  const [type, offset, size] = [word(1), word(4), WITHOUT_BYTES.has(word(1)) ? 0 : word(5)];
  if (size > 0 && offset + size > file.length) {
    throw malformed(
      `section ${number}, ${size} bytes at ${offset}, is outside the ELF file, which has ${file.length} bytes`,
    );
  }
  return { type, bytes: file.subarray(offset, offset + size), link: word(6), entryBytes: word(9) };
}

function malformed(message: string): OpenMVError {
  return new OpenMVError('MALFORMED', message);
}
