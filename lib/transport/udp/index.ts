export { udp } from './udp.js';
export { udpServer, type UdpServer, type UdpServerOptions } from './udp-server.js';
