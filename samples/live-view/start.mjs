// What `npm start` runs.
import { start } from '../start.mjs';

await start('live-view');
