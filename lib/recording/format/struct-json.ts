import { base64Decode, base64Encode } from '@bufbuild/protobuf/wire';
import { isListType, isPadding } from '../../host/struct/layout.js';
import type { FieldType, ScalarType, StructLayout } from '../../host/struct/layout.js';

const INTEGERS_OF_64_BITS: ReadonlySet<unknown> = new Set(['u64', 'i64']);
const FLOATS: ReadonlySet<unknown> = new Set(['f32', 'f64']);

/** Converts records to values that JSON can hold. Foxglove requires an object at the top. */
export function recordsToJson(layout: StructLayout, records: readonly object[]): unknown {
  return { records: records.map((record) => toJson(layout, record)) };
}

/** The inverse of {@link recordsToJson}. */
export function recordsFromJson(layout: StructLayout, json: unknown): readonly object[] {
  const { records } = json as { records: readonly unknown[] };
  return records.map((record) => fromJson(layout, record) as object);
}

/** The JSON Schema of {@link recordsToJson}'s result. */
export function recordsSchema(layout: StructLayout): object {
  return { type: 'object', properties: { records: { type: 'array', items: schemaOf(layout) } } };
}

function toJson(type: FieldType, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return base64Encode(value);
  return mapped(type, value, toJson);
}

function fromJson(type: FieldType, value: unknown): unknown {
  if (INTEGERS_OF_64_BITS.has(type)) return BigInt(value as number | string);
  if (FLOATS.has(type)) return Number(value);
  if (isListType(type) && type[0] === 'bytes') return base64Decode(value as string);
  return mapped(type, value, fromJson);
}

/** Maps the elements of a list or the fields of a record by their types. Returns other values unchanged. */
function mapped(type: FieldType, value: unknown, map: (type: FieldType, value: unknown) => unknown): unknown {
  if (isListType(type)) return Array.isArray(value) ? value.map((one) => map(type[0] as FieldType, one)) : value;
  if (typeof type === 'string') return value;
  const entries = Object.entries(type).filter(([, field]) => !isPadding(field));
  return Object.fromEntries(
    entries.map(([name, field]) => [name, map(field, (value as Record<string, unknown>)[name])]),
  );
}

function schemaOf(type: FieldType): object {
  if (typeof type === 'string') return scalarSchema(type);
  if (isListType(type)) {
    const [of] = type;
    if (of === 'chars') return { type: 'string' };
    if (of === 'bytes') return { type: 'string', contentEncoding: 'base64' };
    return { type: 'array', items: schemaOf(of as FieldType) };
  }
  const fields = Object.entries(type).filter(([, field]) => !isPadding(field));
  return { type: 'object', properties: Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)])) };
}

/** Foxglove takes one type per field: the type to plot, even if some values are text. */
function scalarSchema(type: ScalarType): object {
  return { type: FLOATS.has(type) ? 'number' : 'integer' };
}
