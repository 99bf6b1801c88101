import { type Inspection, inspectExpression, inspectTemplate } from '../expressions/template.ts';

/** What the templates and expressions of one playbook say of themselves: each text is parsed once. */
export class Inspections {
  readonly #templates = new Map<string, Promise<Inspection>>();
  readonly #expressions = new Map<string, Promise<Inspection>>();

  template(text: string): Promise<Inspection> {
    return remember(this.#templates, text, inspectTemplate);
  }

  expression(source: string): Promise<Inspection> {
    return remember(this.#expressions, source, inspectExpression);
  }
}

function remember(
  known: Map<string, Promise<Inspection>>,
  text: string,
  inspect: (text: string) => Promise<Inspection>,
): Promise<Inspection> {
  const found = known.get(text) ?? inspect(text);
  known.set(text, found);
  return found;
}
