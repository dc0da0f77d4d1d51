// What `npm run recorder` runs.
import { start } from '../start.mjs';

await start('recorder');
