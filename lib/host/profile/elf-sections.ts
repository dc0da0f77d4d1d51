import { OpenMVError } from '../../errors.js';
import { viewOf } from '../../wire/payloads/layout.js';

/** Where a section of an ELF file lies, and what it has to do with others. */
export interface ElfSection {
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
export function elfSections(file: Uint8Array): ElfSection[] {
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

export function malformed(message: string): OpenMVError {
  return new OpenMVError('MALFORMED', message);
}
