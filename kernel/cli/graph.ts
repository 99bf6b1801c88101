import path from 'node:path';
import { ModuleRegistry } from '../components/registry.ts';
import { packageRoot } from '../types/package-root.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { loadAndCheck } from './load-playbook.ts';
import { findingsToText } from './problems.ts';
import { drawPicture, type GraphPicture } from './render/graph-picture.ts';
import type { Console } from './render/output.ts';
import { makeStyle, type Style } from './render/style.ts';
import { writeResult } from './write-result.ts';

export interface GraphCommand {
  file: string;
  format: 'text' | 'dot' | 'mermaid' | 'svg';
  /** Instead of standard output. */
  outputFile?: string;
}

/** `ork graph`: what runs after what, and why. Nothing is drawn of an invalid playbook. */
export async function graphCommand(command: GraphCommand, console: Console): Promise<ExitCode> {
  const registry = ModuleRegistry.load(path.join(packageRoot(), 'build', 'modules'));
  const { sources, findings, valid } = await loadAndCheck(command.file, registry);
  console.err(findingsToText(findings, sources, makeStyle(console.color)));
  if (valid === undefined) {
    console.err('validation failed\n');
    return EXIT.failed;
  }
  const { format, outputFile } = command;
  const style = makeStyle(console.outColor && outputFile === undefined);
  const picture = drawPicture(valid.playbook, valid.graph);
  await writeResult(await render(format, picture, style), outputFile, console);
  return EXIT.ok;
}

/** Only what the format needs is loaded. */
async function render(
  format: GraphCommand['format'],
  picture: GraphPicture,
  style: Style,
): Promise<string> {
  switch (format) {
    case 'text':
      return (await import('./render/graph-text.ts')).graphToText(picture, style);
    case 'dot':
      return (await import('./render/graph-dot.ts')).graphToDot(picture);
    case 'mermaid':
      return (await import('./render/graph-mermaid.ts')).graphToMermaid(picture);
    case 'svg':
      return (await import('./render/graph-svg.ts')).graphToSvg(picture);
  }
}
