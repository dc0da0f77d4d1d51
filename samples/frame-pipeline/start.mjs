// The entry of `npm run pipeline`.
import { start } from '../../scripts/start.mjs';

await start(import.meta.url);
