/** The status codes that a NAK carries (PROTOCOL 2). */
export const Status = {
  SUCCESS: 0,
  FAILED: 1,
  INVALID: 2,
  TIMEOUT: 3,
  BUSY: 4,
  CHECKSUM: 5,
  SEQUENCE: 6,
  OVERFLOW: 7,
  FRAGMENT: 8,
  UNKNOWN: 9,
} as const;

const names = new Map<number, string>(Object.entries(Status).map(([name, code]) => [code, name]));

/** The name of a status code, such as `BUSY`; an unknown code as `status 12`. */
export function statusName(status: number): string {
  return names.get(status) ?? `status ${status}`;
}
