// The entry of `npm run gateway`.
import { start } from '../../scripts/start.mjs';

await start(import.meta.url);
