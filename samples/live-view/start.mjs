// The entry of `npm start`.
import { start } from '../../scripts/start.mjs';

await start(import.meta.url);
