// The entry of `npm run recorder`.
import { start } from '../../scripts/start.mjs';

await start(import.meta.url);
