export type { TcpHost } from './hosts.js';
export { tcp, type TcpOptions } from './tcp.js';
export { tcpServer, type TcpServer, type TcpServerOptions } from './tcp-server.js';
