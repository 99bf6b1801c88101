// Writes docs/errors.md from the table of errors.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorsPage } from './page.ts';

writeFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), errorsPage());
