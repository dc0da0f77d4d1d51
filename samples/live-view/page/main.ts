import { Camera } from 'openmv-rx';
import { webSocket } from 'openmv-rx/websocket';
import { showCamera } from './show-camera.js';

// The whole library runs here, in the page. The server only relays the camera's bytes.
showCamera(new Camera(webSocket(`ws://${location.host}/camera`), { reconnect: 'always' }));
