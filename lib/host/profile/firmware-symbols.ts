import { isBytes, requireArgument } from '../../arguments.js';
import { decodeUtf8 } from '../../wire/payloads/utf8.js';
import { viewOf } from '../../wire/payloads/layout.js';
import { elfSections, malformed, type ElfSection } from './elf-sections.js';

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
 * import { FirmwareSymbols } from 'openmv-rx';
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
