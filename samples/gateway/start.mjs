// What `npm run gateway` runs.
import { start } from '../../scripts/start.mjs';

await start(import.meta.url);
