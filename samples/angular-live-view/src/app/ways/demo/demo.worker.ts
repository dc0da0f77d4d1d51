import { VirtualCamera } from 'openmv-rx/virtual';
import { messageConnection, UNPLUGGED } from './message-connection';

// The camera's end of the demo, in a thread of its own as a real camera is: it draws and encodes pictures.
new VirtualCamera().attach(messageConnection(self)).add(() => {
  postMessage(UNPLUGGED);
});
