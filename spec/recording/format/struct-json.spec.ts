import { structs, type StructLayout } from '../../../lib/index.js';
import { recordsFromJson, recordsSchema, recordsToJson } from '../../../lib/recording/format/struct-json.js';

const layout = {
  time: 'u64',
  small: 'u8',
  float: 'f32',
  gap: ['padding', 3],
  name: ['chars', 4],
  raw: ['bytes', 2],
  axes: ['i16', 3],
  inner: { a: 'i64', list: [{ b: 'f64' }, 2] },
} as const satisfies StructLayout;

const record = (time: bigint, float: number) => ({
  time,
  small: 7,
  float,
  name: 'ab',
  raw: Uint8Array.of(1, 255),
  axes: [-1, 0, 300],
  inner: { a: -5n, list: [{ b: 0.5 }, { b: NaN }] },
});

describe('records as JSON', () => {
  it.each([
    [1234n, 0.25],
    [2n ** 63n + 1n, Infinity],
    [0n, -Infinity],
  ])('of %p and %p return from text as the same bytes', (time, float) => {
    const codec = structs(layout);
    const bytes = codec.encode([record(time, float), record(1n, 2)]);
    const text = JSON.stringify(recordsToJson(layout, codec.decode(bytes)));
    expect(codec.encode(recordsFromJson(layout, JSON.parse(text)) as never)).toEqual(bytes);
  });

  it('are numbers if JSON can hold them exactly, otherwise text', () => {
    expect(recordsToJson(layout, [record(2n ** 60n, NaN)])).toMatchObject({
      records: [{ time: String(2n ** 60n), small: 7, float: 'NaN', name: 'ab', raw: 'Af8=', inner: { a: -5 } }],
    });
  });

  it('have a schema without meaningless entries', () => {
    expect(recordsSchema(layout)).toEqual({
      type: 'object',
      properties: {
        records: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              time: { type: 'integer' },
              small: { type: 'integer' },
              float: { type: 'number' },
              name: { type: 'string' },
              raw: { type: 'string', contentEncoding: 'base64' },
              axes: { type: 'array', items: { type: 'integer' } },
              inner: {
                type: 'object',
                properties: {
                  a: { type: 'integer' },
                  list: { type: 'array', items: { type: 'object', properties: { b: { type: 'number' } } } },
                },
              },
            },
          },
        },
      },
    });
  });
});
