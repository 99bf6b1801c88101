import { literalTemplate } from '../../kernel/expressions/scanner.ts';
import { compileTemplate, inspectTemplate } from '../../kernel/expressions/template.ts';
import { attempt, checkJson, expressionWords, host, names } from './expression-target.ts';
import { require, type Target } from './target.ts';

/** Loops without end are no news; they are waited for only to see that they are ended. */
const DEADLINE_MS = 20;

/** Scanning and rendering: any text is inspected, compiled, and rendered if it can be. */
export const templateTarget: Target = {
  name: 'template',
  extension: 'txt',
  words: [...expressionWords, '{{', '}}', '{{ ', ' }}', '{{{', '}}}', '!raw'] as unknown as [
    string,
    ...string[],
  ],
  async run(text) {
    const literal = await compileTemplate(literalTemplate(text));
    require((await literal.render({ ...host, names })) === text, 'raw text is not kept');
    const { errors, references, typed } = await inspectTemplate(text);
    for (const { offset = 0 } of errors) require(offset <= text.length, 'an error is outside');
    for (const { offsets } of references) {
      require(offsets.every((offset) => offset < text.length), 'a reference is outside');
    }
    const template = await settle(compileTemplate(text));
    require('error' in template === errors.length > 0, 'inspecting and compiling disagree');
    if ('error' in template) return `${errors.length} errors, ${errors[0]?.message.slice(0, 24)}`;
    const rendered = await settle(
      template.value.render({ ...host, names }, { deadlineMs: DEADLINE_MS }),
    );
    if ('error' in rendered) return rendered.error;
    checkJson(rendered.value);
    require(typed || typeof rendered.value === 'string', 'text around an expression is lost');
    return `${typed} ${typeof rendered.value}`;
  },
};

async function settle<T>(promise: Promise<T>): Promise<{ value: T } | { error: string }> {
  try {
    return { value: await promise };
  } catch (error) {
    const known = attempt(() => {
      throw error;
    });
    return { error: (known as { reason: string }).reason };
  }
}
