// What `npm start` runs.
import { start } from '../../scripts/start.mjs';

await start(import.meta.url);
