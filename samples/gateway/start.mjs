// What `npm run gateway` runs.
import { start } from '../start.mjs';

await start('gateway');
