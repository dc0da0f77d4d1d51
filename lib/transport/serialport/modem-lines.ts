/** Whether an error of a port's lines (DTR, RTS) means that it has none, as a pty has none and needs none. */
export function hasNoLines(error: unknown): boolean {
  return String(error).includes('Inappropriate ioctl');
}
