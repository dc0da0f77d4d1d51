/** A symbol as it lies in `.symtab`: what a spec does not say is that of a global function in section 1. */
export interface TinySymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** The low half is the type: 0 none, 1 object, 2 function, 3 section, 4 file. The high one is the binding. */
  readonly info?: number;
  readonly shndx?: number;
}

/** Where the parts lie, for specs that damage them. */
export const AT = { sections: 52, sectionBytes: 40 } as const;

export const SYMTAB = 2;
export const STRTAB = 3;

/**
 * The smallest ELF32 file with symbols, written down from the specification (TIS, "Tool Interface Standard", 1.2): the
 * header, the headers of four sections (none, text without bytes, symbols, their names), the symbols, the names.
 */
export function tinyElf(symbols: readonly TinySymbol[]): Uint8Array<ArrayBuffer> {
  const names = [0];
  const places = symbols.map(({ name }) => {
    const place = names.length;
    names.push(...new TextEncoder().encode(name), 0);
    return place;
  });
  const symbolsAt = AT.sections + 4 * AT.sectionBytes;
  const symbolsBytes = 16 * (symbols.length + 1);
  const namesAt = symbolsAt + symbolsBytes;
  const bytes = new Uint8Array(namesAt + names.length);
  const view = new DataView(bytes.buffer);

  // e_ident: the magic, ELFCLASS32, ELFDATA2LSB, version 1.
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true); // e_type: executable
  view.setUint16(18, 40, true); // e_machine: ARM
  view.setUint32(20, 1, true); // e_version
  view.setUint32(32, AT.sections, true); // e_shoff
  view.setUint16(40, 52, true); // e_ehsize
  view.setUint16(46, AT.sectionBytes, true); // e_shentsize
  view.setUint16(48, 4, true); // e_shnum

  const section = (number: number, type: number, offset: number, size: number, link: number, entry: number): void => {
    const at = AT.sections + AT.sectionBytes * number;
    [0, type, 0, 0, offset, size, link, 0, 4, entry].forEach((word, i) => view.setUint32(at + 4 * i, word, true));
  };
  // SHT_NOBITS: 1 GB of memory that takes no byte of the file.
  section(1, 8, 0x1000, 0x40000000, 0, 0);
  section(2, SYMTAB, symbolsAt, symbolsBytes, 3, 16);
  section(3, STRTAB, namesAt, names.length, 0, 0);

  symbols.forEach(({ value, size, info = 0x12, shndx = 1 }, i) => {
    const at = symbolsAt + 16 * (i + 1);
    [places[i]!, value, size].forEach((word, place) => view.setUint32(at + 4 * place, word, true));
    view.setUint8(at + 12, info);
    view.setUint16(at + 14, shndx, true);
  });
  bytes.set(names, namesAt);
  return bytes;
}
