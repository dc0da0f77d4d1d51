// What `npm run bench` runs: the measurements, beside the camera at the far end of a pty and the process of many cameras.
import { start } from '../scripts/start.mjs';

// A measurement that was given up may have left something open.
if (await start(import.meta.url, ['bed/pty-camera', 'cameras/camera-process'])) process.exit();
