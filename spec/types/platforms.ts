import { misjudged } from './compiled.js';

const head = [
  "import 'w3c-web-serial'; import { WebSocket as Ws } from 'ws';",
  "import { webSerial, type WebSerialPort } from 'openmv-rx/web-serial';",
  "import { webSocket, type WebSocketLike } from 'openmv-rx/websocket';",
  "import { inMemory, saveTo } from 'openmv-rx/web-recording';",
  'declare const folder: FileSystemDirectoryHandle; declare const file: FileSystemFileHandle;',
  'declare const port: SerialPort; declare const socket: WebSocket; declare const ws: Ws;',
].join(' ');

describe('the objects of a platform', () => {
  it('fit what is used of them', () => {
    const compile = [
      'webSerial(port);',
      'void navigator.serial.getPorts().then(([first]) => webSerial(first));',
      'const like: WebSerialPort = port; void like;',
      "webSocket('ws://localhost');",
      "webSocket('ws://localhost', { WebSocket });",
      "webSocket('ws://localhost', { WebSocket: Ws, token: 'secret' });",
      'const likes: WebSocketLike[] = [socket, ws]; void likes;',
      'saveTo(folder);',
      'saveTo(file);',
      'void navigator.storage.getDirectory().then((own) => saveTo(own));',
      'inMemory().files.forEach((file) => URL.createObjectURL(file));',
    ];
    const reject = [
      'webSerial("COM3");',
      'webSerial({});',
      "webSocket('ws://localhost', { WebSocket: Ws.prototype });",
      "saveTo('flight.mcap');",
    ];
    expect(misjudged(head, { compile, reject })).toEqual([]);
  });
});
