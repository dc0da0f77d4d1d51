import { misjudged } from './compiled.js';

const head = [
  "import { struct, structs, type Camera, type Codec } from 'openmv-rx'; declare const camera: Camera;",
  'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;',
  'type Flat<T> = T extends Uint8Array | readonly unknown[] ? T : T extends object ? { [K in keyof T]: Flat<T[K]> } : T;',
  'const codec = struct({ a: "u8", big: "u64", f: "f32", name: ["chars", 8], raw: ["bytes", 4], gap: ["padding", 3],',
  'xs: ["i16", 3], at: { x: "i32", deep: { y: "i64" } }, points: [{ x: "u8" }, 2], grid: [["u8", 2], 2] });',
  'type Want = { readonly a: number; readonly big: bigint; readonly f: number; readonly name: string;',
  'readonly raw: Uint8Array<ArrayBuffer>; readonly xs: readonly number[];',
  'readonly at: { readonly x: number; readonly deep: { readonly y: bigint } };',
  'readonly points: readonly { readonly x: number }[]; readonly grid: readonly (readonly number[])[] };',
  'const value = { a: 1, big: 2n, f: 3, name: "", raw: new Uint8Array(4), xs: [1, 2, 3], at: { x: 1, deep: { y: 2n } },',
  'points: [{ x: 1 }], grid: [[1]] }; const none = new Uint8Array();',
].join(' ');

describe('the types of struct', () => {
  it('are those of the layout', () => {
    const compile = [
      'const same: Same<Flat<ReturnType<typeof codec.decode>>, Flat<Want>> = true; void same;',
      'const ones: readonly { readonly a: number }[] = structs({ a: "u8" }).decode(none); void ones;',
      'camera.channel("imu", codec).write(value);',
      'const plain: Codec<{ readonly a: number }> = struct({ a: "u8" } as const); void plain;',
      'camera.channel("imu", codec).value$.subscribe(({ at }) => at.deep.y + 1n);',
    ];
    const reject = [
      'struct({ a: "u8" }).decode(none).b;',
      'codec.decode(none).gap;',
      'codec.encode({ ...value, big: 1 });',
      'codec.encode({ ...value, a: 1n });',
      'codec.encode({ ...value, raw: "ab" });',
      'struct({ a: "u8", b: "u8" }).encode({ a: 1 });',
      'structs({ a: "u8" }).encode({ a: 1 });',
      'struct({ a: "u24" });',
      'struct({ a: ["u8"] });',
      'struct({ a: "u8" }, { byteOrder: "middle" });',
      'codec.decode(none).a = 1;',
      'codec.decode(none).xs.push(1);',
    ];
    expect(misjudged(head, { compile, reject })).toEqual([]);
  }, 60_000);
});
