import { isBytes, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { decodeUtf8, viewOf } from '../../wire/payloads/layout.js';

/** A function of the firmware. */
export interface FunctionSymbol {
  readonly name: string;
  /** Where it begins, without the Thumb bit. */
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * The functions of a camera's firmware by address: what makes names of the addresses in a profile.
 *
 * Made of the ELF file of just the firmware that the camera runs, with its symbols (`.symtab`). Nothing of the file is
 * held but the names and 12 bytes a function.
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
  /** Of each function its address, its end and the place of its name, by address, the longest last of those at one. */
  readonly #functions: readonly FunctionEntry[];
  /** The furthest end of a function and all before it: where to stop looking for one that reaches over others. */
  readonly #reach: readonly number[];

  /**
   * @param elf the bytes of the file: ELF32, little-endian
   * @throws {OpenMVError} `MALFORMED` when it is no such file, is damaged, or has no symbols.
   */
  constructor(elf: Uint8Array) {
    requireArgument(isBytes(elf), 'FirmwareSymbols takes the bytes of a firmware.elf', elf);
    const sections = elfSections(elf);
    const table = sections.find(({ type }) => type === SYMTAB);
    if (table === undefined) {
      throw malformed('this ELF file has no symbols (.symtab): take the firmware.elf of the build, not a stripped one');
    }
    this.#names = namesOf(sections, table);
    this.#functions = functionsIn(table, this.#names.length);
    let furthest = 0;
    this.#reach = this.#functions.map(({ end }) => (furthest = Math.max(furthest, end)));
  }

  /** How many functions there are. */
  get count(): number {
    return this.#functions.length;
  }

  /** The function that covers an address, whose bit 0, the Thumb bit, means nothing; `undefined` where none does. */
  find(address: number): FunctionSymbol | undefined {
    const wanted = withoutThumb(address);
    for (let at = this.#lastFrom(wanted); at >= 0 && (this.#reach[at] as number) > wanted; at--) {
      const { address: start, end, name } = this.#functions[at] as FunctionEntry;
      if (end > wanted) return { name: this.#nameAt(name), address: start, size: end - start };
    }
    return undefined;
  }

  /** The last function that begins at `address` or before; -1 where none does. */
  #lastFrom(address: number): number {
    let [low, high] = [0, this.#functions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#functions[middle] as FunctionEntry).address <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #nameAt(place: number): string {
    return decodeUtf8(this.#names.subarray(place, this.#names.indexOf(0, place)));
  }
}

interface FunctionEntry {
  readonly address: number;
  readonly end: number;
  readonly name: number;
}

const SYMTAB = 2;
const STRTAB = 3;
const SYMBOL_BYTES = 16;
const FUNC = 2;

/** Code is at even addresses; an odd one says that it is Thumb code. */
export function withoutThumb(address: number): number {
  return (address & ~1) >>> 0;
}

/** A copy, so that the rest of the file need not be held. */
function namesOf(sections: readonly ElfSection[], { link }: ElfSection): Uint8Array<ArrayBuffer> {
  const names = sections[link];
  if (names?.type !== STRTAB || names.bytes.at(-1) !== 0) {
    throw malformed(`section ${link} of an ELF file is no table of names, as its symbols have it`);
  }
  return new Uint8Array(names.bytes);
}

function functionsIn({ bytes, entryBytes }: ElfSection, namesLength: number): FunctionEntry[] {
  if (entryBytes !== SYMBOL_BYTES || bytes.length % SYMBOL_BYTES !== 0) {
    throw malformed(`symbols take ${SYMBOL_BYTES} bytes each, those of this ELF file ${entryBytes} of ${bytes.length}`);
  }
  const view = viewOf(bytes);
  const functions: FunctionEntry[] = [];
  for (let at = 0; at < bytes.length; at += SYMBOL_BYTES) {
    const size = view.getUint32(at + 8, true);
    const isDefined = view.getUint16(at + 14, true) !== 0;
    if ((view.getUint8(at + 12) & 0xf) !== FUNC || size === 0 || !isDefined) continue;
    const [name, address] = [view.getUint32(at, true), withoutThumb(view.getUint32(at + 4, true))];
    if (name >= namesLength) {
      throw malformed(`the name of symbol ${at / SYMBOL_BYTES} of an ELF file lies outside of its names`);
    }
    functions.push({ address, end: address + size, name });
  }
  return functions.sort((a, b) => a.address - b.address || a.end - b.end);
}

/** Where a section of an ELF file lies, and what it has to do with others. */
interface ElfSection {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** The number of another section: of a symbol table, that of its names. */
  readonly link: number;
  /** Bytes of one entry, of a table. */
  readonly entryBytes: number;
}

const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/**
 * The sections of a 32-bit little-endian ELF file, as views.
 *
 * @throws {OpenMVError} `MALFORMED` when it is no such file, or one of its sections lies outside of it.
 */
function elfSections(file: Uint8Array): ElfSection[] {
  if (file.length < HEADER_BYTES || MAGIC.some((byte, at) => file[at] !== byte)) throw malformed('this is no ELF file');
  if (file[4] !== 1 || file[5] !== 1) {
    throw malformed('this is not the firmware of a camera, which is a 32-bit little-endian ELF file');
  }
  const view = viewOf(file);
  const [offset, size, count] = [view.getUint32(32, true), view.getUint16(46, true), view.getUint16(48, true)];
  if (count > 0 && size < SECTION_HEADER_BYTES) {
    throw malformed(`a section header takes ${SECTION_HEADER_BYTES} bytes, those of this ELF file ${size}`);
  }
  if (offset + size * count > file.length) {
    throw malformed(`${count} section headers at ${offset} lie outside of an ELF file of ${file.length} bytes`);
  }
  return Array.from({ length: count }, (_, number) => section(file, view, offset + size * number, number));
}

/** Sections without bytes in the file, SHT_NULL and SHT_NOBITS: their offset and size say nothing of it. */
const WITHOUT_BYTES = new Set([0, 8]);

function section(file: Uint8Array, view: DataView, at: number, number: number): ElfSection {
  const word = (place: number): number => view.getUint32(at + 4 * place, true);
  const [type, offset, size] = [word(1), word(4), WITHOUT_BYTES.has(word(1)) ? 0 : word(5)];
  if (size > 0 && offset + size > file.length) {
    throw malformed(
      `section ${number} of an ELF file, ${size} bytes at ${offset}, lies outside of its ${file.length} bytes`,
    );
  }
  return { type, bytes: file.subarray(offset, offset + size), link: word(6), entryBytes: word(9) };
}

function malformed(message: string): OpenMVError {
  return new OpenMVError('MALFORMED', message);
}
