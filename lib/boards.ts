/** The meaning of a USB id. */
export interface KnownBoard {
  readonly board: string;
  /** The board waits in its bootloader for a firmware, and does not speak the protocol. */
  readonly bootloader: boolean;
}

/** Vendor, product, board (PROTOCOL 12). */
const BOARDS = [
  ['37c5', '1202', 'OpenMV Cam M4'],
  ['37c5', '1203', 'OpenMV Cam M7'],
  ['37c5', '1204', 'OpenMV Cam H7'],
  ['37c5', '124a', 'OpenMV Cam H7 Plus'],
  ['37c5', '1205', 'OpenMV Cam Pure Thermal'],
  ['37c5', '1060', 'OpenMV Cam RT1062'],
  ['37c5', '16e3', 'OpenMV AE3'],
  ['37c5', '1206', 'OpenMV N6'],
  ['1209', 'abd1', 'OpenMV Cam'],
  ['2341', '045b', 'Arduino Portenta H7'],
  ['2341', '045f', 'Arduino Nicla Vision'],
  ['2341', '0466', 'Arduino Giga'],
] as const;

const BOOTLOADERS = [
  ['37c5', '9202', 'OpenMV Cam M4'],
  ['37c5', '9203', 'OpenMV Cam M7'],
  ['37c5', '9204', 'OpenMV Cam H7'],
  ['37c5', '924a', 'OpenMV Cam H7 Plus'],
  ['37c5', '9205', 'OpenMV Cam Pure Thermal'],
  ['37c5', '9060', 'OpenMV Cam RT1062'],
  ['37c5', '96e3', 'OpenMV AE3'],
  ['37c5', '9206', 'OpenMV N6'],
  ['2341', '035b', 'Arduino Portenta H7'],
  ['2341', '035f', 'Arduino Nicla Vision'],
  ['2341', '0366', 'Arduino Giga'],
] as const;

const BY_ID = new Map<string, KnownBoard>([
  ...BOARDS.map(([vendor, product, board]) => [`${vendor}:${product}`, { board, bootloader: false }] as const),
  ...BOOTLOADERS.map(([vendor, product, board]) => [`${vendor}:${product}`, { board, bootloader: true }] as const),
]);

/** Returns the board with these USB ids, in hexadecimal, upper or lower case. Returns `undefined` if it is not a camera. */
export function boardOf(vendorId: string | undefined, productId: string | undefined): KnownBoard | undefined {
  return vendorId && productId ? BY_ID.get(`${vendorId}:${productId}`.toLowerCase()) : undefined;
}

/** The USB ids of the boards that speak the protocol, which those in their bootloader do not. */
export const CAMERA_USB_IDS: readonly { readonly vendorId: number; readonly productId: number }[] = BOARDS.map(
  ([vendor, product]) => ({ vendorId: Number.parseInt(vendor, 16), productId: Number.parseInt(product, 16) }),
);
