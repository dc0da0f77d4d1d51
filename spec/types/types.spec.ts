// One file for all, because each would load the compiler and parse the library once more.
import './bytes.js';
import './pair-by-time.js';
import './platforms.js';
import './struct.js';
import './what-a-camera-offers.js';
import './widgets.js';
