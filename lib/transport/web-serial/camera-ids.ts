import { boardOf, CAMERA_USB_IDS } from '../../boards.js';
import type { WebSerialPort } from './web-serial-like.js';

/** For the browser's list of ports: cameras, but not those in their bootloader (PROTOCOL 12). */
export const CAMERA_FILTERS = CAMERA_USB_IDS.map(({ vendorId, productId }) => ({
  usbVendorId: vendorId,
  usbProductId: productId,
}));

/** The board's name, if the port is a camera that speaks the protocol. */
export function boardAt(port: WebSerialPort): string | undefined {
  const { usbVendorId, usbProductId } = port.getInfo();
  const known = boardOf(hex(usbVendorId), hex(usbProductId));
  return known?.bootloader === false ? known.board : undefined;
}

/** Whether two ports are the same kind of device, which is all that a browser tells. */
export function isSameKind(one: WebSerialPort, other: WebSerialPort): boolean {
  const [a, b] = [one.getInfo(), other.getInfo()];
  return a.usbVendorId === b.usbVendorId && a.usbProductId === b.usbProductId;
}

function hex(id: number | undefined): string | undefined {
  return id?.toString(16).padStart(4, '0');
}
