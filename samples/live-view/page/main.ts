import { Camera } from 'openmv-rx';
import { webSocket } from 'openmv-rx/websocket';
import { showEvents, showText } from './logs.js';
import { showPicture } from './picture.js';
import { controlQuality } from './quality.js';
import { showState } from './state.js';

// The whole library runs here, in the page: the server only carries the camera's bytes.
const camera = new Camera(webSocket(`ws://${location.host}/camera`), { reconnect: 'always' });

showState(camera);
showPicture(camera);
showText(camera);
showEvents(camera);
controlQuality(camera);
