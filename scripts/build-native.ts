/**
 * `npm run build:native`: the programs in `native/`, and the default filter of system calls made by one of them, in
 * `build/native/`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compileFilter } from '../kernel/sandbox/filters.ts';
import { profileRules } from '../kernel/sandbox/seccomp-profile.ts';

const FOLDER = 'build/native';
const PROFILE = 'kernel/sandbox/profiles/default.json';

if (!existsSync('native')) throw new Error('run it from the root of the project');
execFileSync('make', ['--silent', '-C', 'native', `BUILD=../${FOLDER}`], { stdio: 'inherit' });
const helper = path.resolve(FOLDER, 'ork-sandbox');
const filter = compileFilter(helper, profileRules(readFileSync(PROFILE, 'utf8')), PROFILE);
writeFileSync(path.join(FOLDER, 'default-filter.hex'), `${filter}\n`);
