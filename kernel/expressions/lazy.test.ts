import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** The names of loaded modules of the CEL library after running a script in a process of its own. */
function loadsCel(script: string): boolean {
  const probe = `
    import { registerHooks } from 'node:module';
    let loaded = false;
    registerHooks({ load(url, context, next) { loaded ||= url.includes('@bufbuild'); return next(url, context); } });
    const { compileTemplate } = await import('./template.ts');
    ${script}
    console.log(loaded);`;
  const args = ['--input-type=module-typescript', '-e', probe];
  return (
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }).trim() ===
    'true'
  );
}

it('the CEL library is not loaded for a value without templates', () => {
  expect(loadsCel("await compileTemplate('plain')")).toBe(false);
});

it('the CEL library is loaded with the first template', () => {
  expect(loadsCel("await compileTemplate('{{ 1 }}')")).toBe(true);
});
