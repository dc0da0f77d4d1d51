import { Camera } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { showCamera } from './show-camera.js';

// The page of the project's site: the camera runs here too, so no server is needed.
showCamera(new Camera(new VirtualCamera().transport()));
