/** The integer keys of a widget's record. Keys from 0 on are SenML's (PROTOCOL 11). */
export const Key = {
  BASE_NAME: -2,
  NAME: 0,
  UNIT: 1,
  VALUE: 2,
  STRING: 3,
  BOOLEAN: 4,
  TIME: 6,
  UPDATE_TIME: 7,
  DATA: 8,
  WIDTH: -20,
  HEIGHT: -21,
  DATA_MINIMUM: -23,
  DATA_MAXIMUM: -24,
  TYPE: -30,
  MINIMUM: -31,
  MAXIMUM: -32,
  STEP: -33,
  OPTIONS: -34,
} as const;

/** A widget in CBOR: the value of each key. */
export type WidgetRecord = ReadonlyMap<unknown, unknown>;
