import { VirtualCamera } from 'openmv-rx/virtual';
import { messageConnection, UNPLUGGED } from './message-connection';

// The camera's end of the demo. It draws and encodes pictures, so it runs in its own thread.
new VirtualCamera().attach(messageConnection(self)).add(() => {
  postMessage(UNPLUGGED);
});
