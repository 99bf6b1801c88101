import { stat } from 'node:fs/promises';
import path from 'node:path';
import { buildModule } from '../components/build/build-module.ts';
import { OrkError } from '../types/errors.ts';
import type { Console } from './render/output.ts';

export interface BuildModuleCommand {
  directory: string;
  output: string;
}

/** `ork-admin build-module`: a family's sources become one component with its manifest inside. */
export async function buildModuleCommand(
  command: BuildModuleCommand,
  console: Console,
): Promise<void> {
  await checkPlaces(command);
  const { manifest, component, sha256 } = await buildModule({
    directory: command.directory,
    wasmOut: path.resolve(command.output),
  });
  const names = manifest.modules.map(({ name }) => name).join(', ');
  const size = (component.length / 1024).toFixed(0);
  await console.out(
    `${command.output}: ${manifest.family} ${manifest.version} (${names})\n` +
      `  ${size} KiB, sha256 ${sha256}\n`,
  );
}

async function checkPlaces({ directory, output }: BuildModuleCommand): Promise<void> {
  const isSource = (await kindOf(path.join(directory, 'index.ts'))) === 'file';
  if (!isSource) {
    throw usage(`there is no index.ts in ${directory}`, 'name the folder of a module family');
  }
  if ((await kindOf(output)) === 'folder') {
    throw usage(
      `${output} is a folder`,
      `name the file, e.g. -o ${path.join(output, 'text.wasm')}`,
    );
  }
  if ((await kindOf(path.dirname(path.resolve(output)))) !== 'folder') {
    throw usage(`there is no folder ${path.dirname(output)}`, 'make it first');
  }
}

async function kindOf(place: string): Promise<'file' | 'folder' | undefined> {
  const stats = await stat(place).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}

function usage(message: string, hint: string): OrkError {
  return new OrkError('invalid-argument', message, { reason: 'cli.usage', hint });
}
