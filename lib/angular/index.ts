export { injectCamera } from './inject-camera.js';
export { provideCamera } from './provide-camera.js';
