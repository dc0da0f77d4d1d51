// What `npm run pipeline` runs.
import { start } from '../start.mjs';

await start('frame-pipeline');
