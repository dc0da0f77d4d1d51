export { requestCameraPort } from './requested-port.js';
export { webSerial } from './web-serial.js';
export type { WebSerialPort, WebSerialReader, WebSerialWriter } from './web-serial-like.js';
