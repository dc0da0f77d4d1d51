export { tcp, type TcpOptions } from './tcp.js';
export { tcpServer, type TcpHost, type TcpServer, type TcpServerOptions } from './tcp-server.js';
