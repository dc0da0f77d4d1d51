import type { SerialPort } from 'serialport';

/** An open port as the binding of the package `serialport` hands it out. */
export type Port = Awaited<ReturnType<(typeof SerialPort)['binding']['open']>>;
